"""The second factor of password logins."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from treadle.server.access import second_factor
from treadle.server.kit.clock import now
from treadle.server.kit.settings import LoginSettings

PASSWORD = "a good long password"


@pytest.fixture
def user(world):
    return world.user(password=PASSWORD)


@pytest.fixture(autouse=True)
def forgiven(world):
    """Tests share one address: what they get wrong must not add up."""
    world.connection.execute("DELETE FROM login_failure")


@pytest.fixture
def log_in(world):
    def send(user, **more):
        return world.client().post("/x/login", json={"email": user, "password": PASSWORD, **more})

    return send


@pytest.fixture
def browser(world, user):
    client = world.client()
    answer = client.post("/x/login", json={"email": user, "password": PASSWORD})
    client.headers["X-CSRF-Token"] = world.good(answer)["csrf"]
    return client


@pytest.fixture
def moment(monkeypatch):
    """The server's clock stands still in the middle of a half minute, however long the test takes."""
    seconds = int(now().timestamp())
    stands = now() + timedelta(seconds=15 - seconds % 30)
    monkeypatch.setattr(second_factor, "now", lambda: stands)
    return stands


@pytest.fixture
def later(world):
    """Makes used codes look old, as if the next half minute had begun."""
    return lambda: world.connection.execute("UPDATE user_totp SET last_step = last_step - 3")


@pytest.fixture
def enrolled(world, browser, later):
    """The authenticator app and recovery codes of the user."""
    begun = world.good(browser.post("/x/me/totp"))
    app = pyotp.TOTP(begun["secret"])
    codes = world.good(browser.put("/x/me/totp", json={"code": app.now()}))["recovery_codes"]
    later()
    return app, codes


@pytest.fixture
def required(world, monkeypatch):
    """A site that demands a second factor."""
    monkeypatch.setitem(world.settings.__dict__, "login", LoginSettings(totp_required=True))


def test_setting_up_shows_a_picture_an_address_and_a_secret(world, browser, user):
    begun = world.good(browser.post("/x/me/totp"))
    address = urlsplit(begun["uri"])
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert parse_qs(address.query)["secret"] == [begun["secret"]]
    assert parse_qs(address.query)["issuer"] == ["Treadle"]
    assert begun["picture"].startswith("data:image/svg+xml")
    assert world.good(browser.post("/x/me/totp")) == begun
    assert world.good(browser.get("/x/me/totp"))["enabled"] is False


def test_nothing_is_asked_before_a_first_code_was_right(world, browser, user, log_in):
    world.good(browser.post("/x/me/totp"))
    world.refused(browser.put("/x/me/totp", json={"code": "000000"}), 401)
    world.good(log_in(user))


def test_a_login_needs_the_code(world, user, enrolled, log_in):
    app, _ = enrolled
    assert world.refused(log_in(user), 401)["code"] == "access.code_needed"
    assert world.refused(log_in(user, code="000000"), 401)["code"] == "access.wrong_code"
    assert world.good(log_in(user, code=app.now()))["user"]["_id"] == user
    assert "set-cookie" not in log_in(user).headers


def test_a_wrong_password_does_not_tell_that_a_code_is_needed(world, user, enrolled):
    wrong = {"email": user, "password": "wrong", "code": enrolled[0].now()}
    assert world.refused(world.client().post("/x/login", json=wrong), 401)["code"] == "access.wrong_login"


def test_a_used_code_is_refused_a_second_time(world, user, enrolled, log_in):
    code = enrolled[0].now()
    world.good(log_in(user, code=code))
    assert world.refused(log_in(user, code=code), 401)["code"] == "access.wrong_code"


def test_the_code_that_set_it_up_opens_nothing(world, user, browser, log_in):
    begun = world.good(browser.post("/x/me/totp"))
    code = pyotp.TOTP(begun["secret"]).now()
    world.good(browser.put("/x/me/totp", json={"code": code}))
    world.refused(log_in(user, code=code), 401)


def test_a_clock_may_be_a_little_off_but_not_more(world, user, enrolled, log_in, later, moment):
    app, _ = enrolled
    world.refused(log_in(user, code=app.at(moment - timedelta(seconds=90))), 401)
    world.good(log_in(user, code=app.at(moment - timedelta(seconds=30))))
    later()
    world.good(log_in(user, code=app.at(moment + timedelta(seconds=30))))


def test_a_recovery_code_opens_once_however_it_is_typed(world, user, enrolled, log_in):
    _, codes = enrolled
    assert len(set(codes)) == 10
    world.good(log_in(user, code=codes[0].upper().replace("-", " ")))
    world.refused(log_in(user, code=codes[0]), 401)
    world.good(log_in(user, code=codes[1]))


def test_recovery_codes_are_kept_as_hashes(world, user, enrolled):
    kept = world.connection.execute("SELECT code_sha256 FROM user_recovery_code WHERE user_id = %s", (user,))
    assert not {row[0] for row in kept} & {code.replace("-", "") for code in enrolled[1]}


def test_new_recovery_codes_replace_the_old_ones(world, user, browser, enrolled, log_in):
    app, old = enrolled
    world.refused(browser.post("/x/me/totp/recovery", json={"code": "1"}), 401)
    fresh = world.good(browser.post("/x/me/totp/recovery", json={"code": app.now()}))["recovery_codes"]
    world.refused(log_in(user, code=old[0]), 401)
    world.good(log_in(user, code=fresh[0]))
    assert world.good(browser.get("/x/me/totp"))["recovery_codes_left"] == 9


def test_removing_needs_a_code(world, user, browser, enrolled, log_in):
    app, _ = enrolled
    world.refused(browser.post("/x/me/totp/remove", json={"code": "123456"}), 401)
    world.good(browser.post("/x/me/totp/remove", json={"code": app.now()}))
    world.good(log_in(user))


def test_setting_up_twice_is_refused(world, browser, enrolled):
    world.refused(browser.post("/x/me/totp"), 409)


def test_an_administrator_helps_after_a_loss(world, user, browser, enrolled, log_in):
    world.refused(browser.delete(f"/x/users/{user}/totp"), 403)
    world.good(world.admin.delete(f"/x/users/{user}/totp"))
    world.good(log_in(user))


def test_an_api_key_cannot_set_it_up(world, user):
    world.refused(world.as_user(user).post("/x/me/totp"), 403)


def test_guessing_codes_is_held_off(world, user, enrolled, log_in):
    """The right password does not buy more tries."""
    for _ in range(10):
        world.refused(log_in(user), 401)  # asking for the code is no guess
        world.refused(log_in(user, code="000000"), 401)
    world.refused(log_in(user, code=enrolled[0].now()), 429)


def test_guessing_codes_of_an_open_login_is_held_off(world, browser, enrolled):
    for _ in range(10):
        world.refused(browser.post("/x/me/totp/remove", json={"code": "000000"}), 401)
    world.refused(browser.post("/x/me/totp/remove", json={"code": enrolled[0].now()}), 429)


def test_a_site_may_demand_it_and_it_is_set_up_on_the_way_in(world, required, user, log_in):
    first = world.refused(log_in(user), 401)
    assert first["code"] == "access.enrolment_needed"
    app = pyotp.TOTP(first["enrolment"]["secret"])
    world.refused(log_in(user, code="000000"), 401)
    assert world.refused(log_in(user), 401)["enrolment"] == first["enrolment"]
    assert len(world.good(log_in(user, code=app.now()))["recovery_codes"]) == 10
    assert world.refused(log_in(user), 401)["code"] == "access.code_needed"


def test_a_deleted_user_leaves_no_second_factor(world, user, enrolled, log_in):
    world.good(world.admin.delete(f"/users/{user}"))
    world.good(
        world.admin.post(
            "/users", json={"_id": user, "firstname": "A", "lastname": "B", "password": PASSWORD}
        )
    )
    world.good(log_in(user))


def test_changes_and_failures_stand_in_the_access_log(world, user, browser, enrolled, log_in):
    world.refused(log_in(user, code="000000"), 401)
    world.good(browser.post("/x/me/totp/remove", json={"code": enrolled[0].now()}))
    kinds = "user_second_factor_change,user_login_failed"
    lines = world.good(world.admin.get("/report/accesslog", params={"access_types": kinds, "limit": 3}))
    assert [line["context"].get("enabled") for line in lines] == [False, None, True]
    assert lines[1]["context"] == {"user": {"id": user}, "factor": 2}


def test_passwords_may_be_switched_off(world, user, log_in, monkeypatch):
    monkeypatch.setitem(world.settings.__dict__, "login", LoginSettings(passwords=False))
    assert world.good(world.client().get("/x/login"))["passwords"] is False
    world.refused(log_in(user), 403)
