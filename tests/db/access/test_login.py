"""Browser logins and passwords."""

import pytest

PASSWORD = "a good long password"


@pytest.fixture
def user(world):
    return world.user(password=PASSWORD)


@pytest.fixture
def browser(world, user):
    """A logged-in browser; `x-csrf-token` is sent with everything."""
    client = world.client()
    client.headers["X-CSRF-Token"] = world.good(client.post("/x/login", json=login(user)))["csrf"]
    return client


@pytest.fixture(autouse=True)
def forgiven(world):
    """Tests share one address: what they get wrong must not add up."""
    world.connection.execute("DELETE FROM login_failure")


def login(email, password=PASSWORD):
    return {"email": email, "password": password}


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(world, user):
    answer = world.client().post("/x/login", json=login(user.upper()))
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie  # plain http
    assert world.good(answer)["user"]["_id"] == user


def test_me_names_the_user_and_the_site(world, browser, user):
    me = world.good(browser.get("/x/me"))
    assert me["user"]["_id"] == user
    assert me["csrf"] == browser.headers["X-CSRF-Token"]
    assert me["site"] == {"name": "Treadle", "dicom": {"ae_title": "TREADLE", "port": 11112}}
    world.refused(world.client().get("/x/me"), 401)


def test_the_login_page_learns_who_is_here_without_an_error(world, browser, user):
    here = world.good(browser.get("/x/login"))["me"]
    assert here == world.good(browser.get("/x/me"))
    assert world.good(world.client().get("/x/login"))["me"] is None
    stale = world.client(Cookie="treadle_login=gone")
    assert world.good(stale.get("/x/login"))["me"] is None


@pytest.mark.parametrize("token", ["", "wrong", "ü"])
def test_changes_need_the_csrf_token(world, browser, token):
    world.good(browser.get("/users/self"))
    headers = {"X-CSRF-Token": token.encode()}
    world.refused(browser.post("/users/self/key", json={"label": "x"}, headers=headers), 403)


def test_logging_in_again_works_while_a_login_lives(world, browser, user):
    del browser.headers["X-CSRF-Token"]
    world.good(browser.post("/x/login", json=login(user)))


def test_logging_out_ends_the_login(world, browser):
    token = browser.cookies["treadle_login"]
    assert browser.post("/x/logout").status_code == 200
    other = world.client(Cookie=f"treadle_login={token}")
    world.refused(other.get("/x/me"), 401)


def test_a_login_ends_without_use_and_lasts_with_it(world, browser):
    end = "UPDATE login SET expires_at = now() + %s::interval"
    world.connection.execute(end, ("1 hour",))
    world.good(browser.get("/x/me"))
    left = world.connection.execute("SELECT max(expires_at) > now() + '11 hours' FROM login").fetchone()
    assert left == (True,)
    world.connection.execute(end, ("-1 second",))
    world.refused(browser.get("/x/me"), 401)


def test_wrong_passwords_and_unknown_users_are_refused_alike(world, user):
    wrong = world.refused(world.client().post("/x/login", json=login(user, "wrong")), 401)
    unknown = world.refused(world.client().post("/x/login", json=login("nobody@example.org")), 401)
    assert wrong["message"] == unknown["message"]


def test_a_user_without_password_cannot_log_in(world):
    world.refused(world.client().post("/x/login", json=login(world.user(), "")), 401)


def test_disabled_users_cannot_log_in_and_are_logged_out(world, browser, user):
    world.good(world.admin.put(f"/users/{user}", json={"disabled": True}))
    world.refused(browser.get("/x/me"), 401)
    assert "disabled" in world.refused(world.client().post("/x/login", json=login(user)), 401)["message"]


def test_guessing_is_held_off_per_account(world, user):
    for _ in range(10):
        world.refused(world.client().post("/x/login", json=login(user, "wrong")), 401)
    world.refused(world.client().post("/x/login", json=login(user)), 429)
    world.good(world.client().post("/x/login", json=login(world.ADMIN, world.ADMIN_PASSWORD)))


def test_right_passwords_do_not_count_as_guesses(world, user):
    for _ in range(12):
        world.good(world.client().post("/x/login", json=login(user)))


def test_a_form_of_another_site_cannot_log_anyone_in(world, user):
    answer = world.client().post(
        "/x/login", content=b'{"email": "x"}', headers={"Content-Type": "text/plain"}
    )
    world.refused(answer, 400)


def test_changing_the_password_needs_the_old_one_and_ends_other_logins(world, browser, user):
    other = world.client()
    world.good(other.post("/x/login", json=login(user)))
    world.refused(browser.put("/x/me/password", json={"old": "wrong", "new": "another long one"}), 401)
    world.refused(browser.put("/x/me/password", json={"old": PASSWORD, "new": "short"}), 422)
    world.good(browser.put("/x/me/password", json={"old": PASSWORD, "new": "another long one"}))
    world.good(browser.get("/x/me"))
    world.refused(other.get("/x/me"), 401)
    world.good(world.client().post("/x/login", json=login(user, "another long one")))


def test_changing_the_password_needs_the_csrf_token(world, browser):
    change = {"old": PASSWORD, "new": "another long one"}
    world.refused(browser.put("/x/me/password", json=change, headers={"X-CSRF-Token": "no"}), 403)


def test_an_administrator_sets_a_password(world, browser, user):
    world.refused(browser.post(f"/x/users/{user}/password", json={"password": "set by myself"}), 403)
    world.good(world.admin.post(f"/x/users/{user}/password", json={"password": "set by the admin"}))
    world.refused(browser.get("/x/me"), 401)
    world.good(world.client().post("/x/login", json=login(user, "set by the admin")))


def test_logins_stand_in_the_access_log(world, browser, user):
    world.refused(world.client().post("/x/login", json=login(user, "wrong")), 401)
    assert browser.post("/x/logout").status_code == 200
    lines = world.good(world.admin.get("/report/accesslog", params={"user": user}))
    assert {"user_login", "user_logout"} <= {line["access_type"] for line in lines}
    failed = world.good(world.admin.get("/report/accesslog", params={"access_types": "user_login_failed"}))
    assert failed[0]["context"] == {"user": {"id": user}}
    assert "wrong" not in str(failed)
