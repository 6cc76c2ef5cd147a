"""Every address of the project, by app."""

from allauth.account import views as account
from django.urls import include, path

from ebbtide.clinic.audit import views as audit
from ebbtide.clinic.people.access import staff_page

urlpatterns = [
    path("", include("ebbtide.clinic.people.urls")),
    path("", include("ebbtide.clinic.infusions.urls")),
    path("", include("ebbtide.clinic.web.urls")),
    path("audit/", staff_page("audit.read_events")(audit.events), name="audit"),
    # Login: sign-up, mail and password-by-mail pages are left out on purpose.
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/2fa/", include("allauth.mfa.urls")),
]

handler403 = "ebbtide.clinic.web.views.forbidden"
