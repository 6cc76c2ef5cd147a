"""Reading plans and orders."""

from ebbtide.clinic.plans.models import Order, Plan


def current_order(plan: Plan) -> Order | None:
    """The order in force: the newest that nothing replaced."""
    return plan.orders.filter(replaced_by=None).order_by("-signed_at").first()
