"""Every address of the project and what each kind of user gets there.

One line an address: method, address name, what it needs, and the status for

    anonymous, outsider (a nurse of another site), front desk, nurse, prescriber, director

at site A about site A's things. 302 is the way to the login page for anonymous
users and the way on for others. A page that lists things is open to the
outsider too: it lists the things of their own site.

`needs` names the fixtures whose things the address is about, by the name of
the address's value: `{"patient_id": "patient.pk"}`. An address that answers
to POST alone says so; it is sent an empty form, so 422 means "let in".
"""

from dataclasses import dataclass, field

WHO = ("anonymous", "outsider", "front_desk", "nurse", "prescriber", "director")


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    statuses: tuple[int, ...]
    method: str = "GET"
    needs: dict[str, str] = field(default_factory=dict)


OPEN = (200,) * 6
LOGGED_IN = (302, *(200,) * 5)
LED_ON = (302,) * 6
OF_A_VISIT = (302, 403, 403, 200, 200, 200)
VISIT = {"visit_id": "visit.pk"}
NONE_YET = (302, *(404,) * 5)  # nobody in the cast has a second factor

ROWS = [
    # people
    Row("people:home", LED_ON),
    Row("people:patients", LOGGED_IN),
    # infusions: without scripts an entry is answered with the way back to the room
    Row("infusions:board", (302, 200, 403, 200, 200, 200)),
    Row("infusions:today", LOGGED_IN),
    Row(
        "infusions:check_in",
        (302, 403, 302, 302, 403, 403),
        method="POST",
        needs={"booking_id": "booking.pk"},
    ),
    Row("infusions:chart", OF_A_VISIT, needs={"number": "patient.number"}),
    Row("infusions:room", OF_A_VISIT, needs=VISIT),
    Row("infusions:panels", OF_A_VISIT, needs=VISIT),
    Row("infusions:trace", OF_A_VISIT, needs=VISIT),
    Row(
        "infusions:entry",
        (302, 403, 403, 302, 403, 403),
        method="POST",
        needs=VISIT | {"kind": "hold"},
    ),
    Row("infusions:sign", (302, 403, 403, 302, 302, 403), method="POST", needs=VISIT),
    Row("infusions:amend", (302, 403, 403, 302, 302, 403), method="POST", needs=VISIT),
    Row("infusions:stop", (302, 403, 403, 302, 302, 302), method="POST", needs=VISIT),
    Row("infusions:record_pdf", OF_A_VISIT, needs=VISIT),
    Row("infusions:live_visit", OF_A_VISIT, needs=VISIT),
    Row("infusions:live_board", (302, 200, 403, 200, 200, 200)),
    # audit
    Row("audit", (302, 403, 403, 403, 403, 200)),
    # the design system holds no patient data
    Row("web:design", OPEN),
    Row("web:design-room", OPEN),
    Row("web:theme", LED_ON, method="POST"),
    # login: whoever is logged in already is led on
    Row("account_login", (200, *(302,) * 5)),
    Row("account_logout", LOGGED_IN),
    Row("account_inactive", OPEN),
    Row("account_reauthenticate", LOGGED_IN),
    Row("account_change_password", LOGGED_IN),
    Row("mfa_index", LOGGED_IN),
    Row("mfa_authenticate", LED_ON),
    Row("mfa_reauthenticate", LED_ON),
    Row("mfa_activate_totp", LED_ON),
    Row("mfa_deactivate_totp", NONE_YET),
    Row("mfa_view_recovery_codes", NONE_YET),
    Row("mfa_generate_recovery_codes", LED_ON),
    Row("mfa_download_recovery_codes", NONE_YET),
    Row("mfa_list_webauthn", LOGGED_IN),
    Row("mfa_add_webauthn", LED_ON),
    Row("mfa_reauthenticate_webauthn", LED_ON),
    Row("mfa_remove_webauthn", LED_ON, needs={"pk": "patient.pk"}),
    Row("mfa_edit_webauthn", LED_ON, needs={"pk": "patient.pk"}),
    Row("mfa_login_webauthn", LED_ON),
]
