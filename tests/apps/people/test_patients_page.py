"""The list of patients: names for the front desk, nothing clinical, nobody from elsewhere."""


def test_lists_the_patients_of_the_users_site(client_of, front_desk, patient):
    page = client_of(front_desk).get("/patients/").content.decode()
    assert "Wren Testwell (synthetic)" in page
    assert "EB-0007" in page
    assert "170" not in page  # height is clinical


def test_shows_nobody_of_another_site(client_of, outsider, patient):
    page = client_of(outsider).get("/patients/").content.decode()
    assert "Testwell" not in page
    assert "No patients yet" in page


def test_finds_by_every_word(client_of, front_desk, patient):
    client = client_of(front_desk)

    def finds(words):
        return b"EB-0007" in client.get("/patients/", {"find": words}).content

    assert finds("wren test")
    assert finds("eb-0007")
    assert not finds("wren nobody")


def test_what_is_searched_for_is_shown_as_text(client_of, front_desk):
    page = client_of(front_desk).get("/patients/", {"find": "<b>x"}).content.decode()
    assert "<b>x" not in page
    assert "&lt;b&gt;x" in page
