"""The dashboard's server, as a real process: who comes in, what is sent, and how it ends."""

import asyncio
import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

import analysis
import scenarios
from analysis.dashboard import browser_files, limits, server
from analysis.dashboard.answers import Answers
from analysis.dashboard.gate import Guesses, Refused
from analysis.dashboard.limits import Limits
from analysis.dashboard.server import NPM
from sim import TooBigError

HERE = Path(analysis.__file__).parents[1]
WORD = "blue whale"
FORM = {"Content_Type": "application/x-www-form-urlencoded"}
EVIL = "evil.example"


def socket_of(server, kernel=None, cookie="", origin=None, query="?session_id=page"):
    """The websocket by which a page would be run; by default of a page of this server."""
    path = f"ws://{server.host}/jupyter/api/kernels/{kernel or uuid.uuid4()}/channels{query}"
    headers = {"Cookie": cookie} if cookie else {}
    return connect(path, origin=server.url if origin is None else origin or None, additional_headers=headers)


def code_of(open_socket):
    """With what code the server closes a websocket that it does not want."""
    with open_socket as channel, pytest.raises(ConnectionClosed) as closed:
        channel.recv(timeout=10)
    return closed.value.rcvd.code


def refused(*arguments, **more):
    with pytest.raises(InvalidStatus) as answer, socket_of(*arguments, **more):
        pass
    return answer.value.response.status_code


def eventually(wanted, seconds=15):
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not wanted():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


def concluded(work):
    """What a coroutine ends with; in a thread of its own, because Playwright keeps this one's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def told(answer):
    """The one sentence of a page that says one."""
    assert answer.text.count("<h1>") == 1
    assert "Traceback" not in answer.text
    return re.search(r'<p id="sentence"[^>]*>(.*?)</p>', answer.text)[1]


def expected(trouble, words):
    """Take out of what went wrong in a page what a test wanted to see."""
    trouble[:] = [said for said in trouble if words not in said]


def newest(name=None):
    """Somebody who has not been here before: their cookie."""
    return f"solara-session-id={name or uuid.uuid4()}"


@pytest.fixture(scope="module")
def guarded(serve):
    return serve(COPROD_PASSCODE=WORD)


@pytest.fixture(scope="module")
def shared(serve):
    return serve("--host", "0.0.0.0", "--name", "coprod.example")


# ---- the command ---------------------------------------------------------------------------------------------------


def coprod(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "analysis", "dashboard", *arguments],
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_port_that_is_taken_is_told_in_a_sentence():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ended = coprod("--port", str(other.getsockname()[1]), "--no-browser")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
    assert "choose another port" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", "no.such.host.invalid"], "no such address"),
        (["--host", "203.0.113.7"], "not an address of this computer"),
        (["--port", "99999"], "from 0 to 65,535"),
        (["--passcode", "abc"], "4 to 100 characters"),
    ],
)
def test_a_mistake_is_one_plain_sentence(arguments, words):
    ended = coprod(*arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
    assert words in ended.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of another kind there")
def test_ctrl_c_ends_it_within_a_second_or_so_although_a_page_is_open(serve):
    dashboard = serve()
    with socket_of(dashboard, cookie=newest()):
        started = time.monotonic()
        dashboard.process.send_signal(signal.SIGINT)
        assert dashboard.process.wait(10) == 130
        assert time.monotonic() - started < 4
    assert dashboard.errors() == "Stopped.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of another kind there")
def test_ctrl_c_ends_it_although_a_page_is_busy(serve, newcomer, trouble, tmp_path):
    (tmp_path / "busy_pages.py").write_text(
        "import time, solara\n@solara.component\ndef Page():\n    solara.Text('busy')\n"
        "    solara.use_memo(lambda: time.sleep(0 if solara.get_kernel_id() == 'dummy' else 60), [])\n"
    )
    dashboard = serve(limits={}, PAGES="busy_pages", PYTHONPATH=str(tmp_path))
    page = newcomer(dashboard)
    page.goto("/", wait_until="commit")
    eventually(lambda: dashboard.kernels() == 1)
    time.sleep(0.5)
    started = time.monotonic()
    dashboard.process.send_signal(signal.SIGINT)
    assert dashboard.process.wait(10) == 130
    assert time.monotonic() - started < 4
    assert dashboard.errors() == "Stopped.\n"
    page.close()
    trouble.clear()  # it misses its server


def test_a_shared_server_says_where_it_is_and_who_can_open_it(shared):
    eventually(lambda: "Everybody on the network can open it; with --passcode" in shared.errors())
    with server.listening("0.0.0.0", 0) as listener:
        here, *elsewhere = server.addresses(listener)
    assert here.startswith("http://127.0.0.1:")
    for address in elsewhere:
        assert re.match(
            "On the network it is at " + address.rpartition(":")[0], shared.process.stdout.readline()
        )


# ---- pages and what is sent with them ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/watch"])
def test_a_page_has_one_heading_and_asks_for_nothing_elsewhere(opened, path):
    page = opened(path)
    expect(page.locator("h1")).to_have_count(1)
    assert page.get_attribute("html", "lang") == "en"


def test_every_answer_carries_the_headers_that_keep_it_safe(served, guarded):
    answers = [
        served.ask("/"),
        served.ask("/_solara/cdn/requirejs@2.3.6/require.js"),
        served.ask("/static/assets/favicon.svg"),
        served.ask("/no-such-page"),
        served.ask("/", Host=EVIL),
        served.ask("/", "DELETE"),
        guarded.ask("/"),
    ]
    assert [answer.status for answer in answers] == [200, 200, 200, 404, 421, 405, 401]
    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert answer.headers["Server"] is None
    assert answers[0].headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_page_may_load_from_here_alone_and_runs_no_script_that_was_slipped_in(opened, served, trouble):
    policy = served.ask("/").headers["Content-Security-Policy"]
    scripts = re.search(r"script-src ([^;]*)", policy)[1]
    assert "unsafe-inline" not in scripts
    assert "http" not in policy
    assert "*" not in policy
    page = opened("/watch")
    for slips_in in (
        "document.body.insertAdjacentHTML('beforeend', '<img src=data:, onerror=\"window.slippedIn = 1\">')",
        "document.head.append(Object.assign(document.createElement('script'), {text: 'window.slippedIn = 1'}))",
    ):
        with page.expect_console_message(lambda said: "Content Security Policy" in said.text):
            page.evaluate(slips_in)
    assert page.evaluate("window.slippedIn") is None
    expected(trouble, "Content Security Policy")


def test_the_cookie_is_for_this_server_alone_and_ends_with_the_browser(served):
    for host in (served.host, served.host.replace("127.0.0.1", "localhost")):
        (cookie,) = served.ask("/", Host=host).headers.get_all("set-cookie")
        assert cookie.startswith("solara-session-id=")
        assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax")


def test_an_address_that_is_not_there_is_told_in_our_look(newcomer, served, trouble, barriers):
    assert "Nothing is kept" in told(served.ask("/no-such-page"))
    page = newcomer()
    page.goto("/no-such-page")
    assert page.locator("h1").inner_text() == "There is no such page"
    assert barriers(page) == []
    page.get_by_role("link", name="To the first page").click()
    page.locator("h1", has_text="Watch").wait_for()
    expected(trouble, "404")


def test_what_fails_is_told_without_what_only_its_makers_understand():
    async def fails(scope, receive, send):
        raise ZeroDivisionError("secret")

    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "query_string": b"",
        "headers": [],
    }
    concluded(Answers(fails)(scope, None, send))
    start, body = sent
    assert start["status"] == 500
    assert b"secret" not in body["body"]
    assert b"Load it again" in body["body"]


def test_a_page_that_fails_shows_no_stack(serve, newcomer, tmp_path):
    failing = "import solara\n@solara.component\ndef Page():\n    raise ZeroDivisionError('secret')\n"
    (tmp_path / "failing_pages.py").write_text(failing)
    dashboard = serve(limits={}, PAGES="failing_pages", PYTHONPATH=str(tmp_path))
    page = newcomer(dashboard)
    page.goto("/")
    page.get_by_text("Something went wrong on this page").wait_for()
    assert not page.get_by_text("secret").count()
    eventually(lambda: "ZeroDivisionError: secret" in dashboard.errors())


FAILING = """
import solara
from analysis.dashboard.pages import about, frame

@solara.component
def Page():
    again, set_again = solara.use_state(False)
    solara.v.Html(tag="h1", children=["Fragile"])
    solara.Button("Break it", on_click=lambda: set_again(True))
    if again:
        raise ZeroDivisionError("secret")

routes = [
    solara.Route("/", component=about.Page, layout=frame.Layout),
    solara.Route("about", component=about.Page),
    solara.Route("watch", component=Page),
]
"""


def test_where_a_page_fails_its_frame_stays_and_leads_elsewhere_and_back(serve, newcomer, tmp_path):
    (tmp_path / "fragile_pages.py").write_text(FAILING)
    dashboard = serve(limits={}, PAGES="fragile_pages", PYTHONPATH=str(tmp_path))
    page = newcomer(dashboard)
    page.goto("/watch")
    page.get_by_role("button", name="Break it").click()
    page.get_by_role("heading", name="This page could not be drawn").wait_for()
    assert not page.get_by_text("secret").count()
    eventually(lambda: "ZeroDivisionError: secret" in dashboard.errors())
    page.get_by_role("link", name="About").click()
    page.get_by_role("heading", name="About", level=1).wait_for()
    page.get_by_role("link", name="Watch").click()
    page.get_by_role("heading", name="Fragile").wait_for()


# ---- other places --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", [EVIL, "127.0.0.1.evil.example", "127.0.0.1/x", "192.0.2.1", "a b", "[::1", ""]
)
def test_another_name_for_this_machine_is_not_answered(served, host):
    answer = served.ask("/watch", Host=host)
    assert answer.status == 421
    assert "does not go by that name" in told(answer)


def test_a_shared_server_answers_to_addresses_and_to_its_own_names(shared):
    port = shared.host.partition(":")[2]
    for host in (f"192.0.2.1:{port}", f"localhost:{port}", f"[2001:db8::1]:{port}", "coprod.example"):
        assert shared.ask("/watch", Host=host).status == 200
    assert shared.ask("/watch", Host=EVIL).status == 421


def test_another_address_of_this_very_machine_is_one(serve):
    try:
        with server.listening("127.0.0.2", 0):
            pass
    except server.ServerError:
        pytest.skip("this machine has one address of its own")
    assert serve("--host", "127.0.0.2").ask("/watch").status == 200


def test_only_pages_of_this_server_open_a_websocket(served):
    port = served.host.partition(":")[2]
    assert refused(served, origin="") == 403
    for origin in (f"http://{EVIL}", "null", "http://127.0.0.1:1", f"http://127.0.0.1.{EVIL}:{port}"):
        assert refused(served, origin=origin) == 403
    with socket_of(served, cookie=newest()) as channel:
        channel.ping().wait(5)


def test_a_form_elsewhere_sends_nothing_here(guarded):
    body = f"passcode={quote(WORD)}"
    assert guarded.ask("/", "POST", body, Origin=f"http://{EVIL}", **FORM).status == 403
    assert guarded.ask("/", "POST", body, Origin=guarded.url, **FORM).status == 303


# ---- the passcode --------------------------------------------------------------------------------------------------


def test_without_the_passcode_nothing_is_shown(guarded):
    for path in (
        "/",
        "/watch",
        "/static/assets/favicon.svg",
        "/_solara/cdn/requirejs@2.3.6/require.js",
        "/readyz",
    ):
        answer = guarded.ask(path)
        assert answer.status == 401
        assert 'name="passcode"' in answer.text
    assert code_of(socket_of(guarded)) == 4401
    port = guarded.host.partition(":")[2]
    assert code_of(socket_of(guarded, cookie=f"coprod-passcode-{port}=guessed")) == 4401


def test_the_passcode_lets_in_to_pages_and_websockets_until_the_server_ends(guarded):
    answer = guarded.ask("/watch?seed=3", "POST", f"passcode=++{quote(WORD)}", **FORM)
    assert (answer.status, answer.headers["Location"]) == (303, "/watch?seed=3")
    (cookie,) = answer.headers.get_all("set-cookie")
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()
    assert "expires" not in cookie.lower()
    assert guarded.ask("/watch", Cookie=answer.cookie).status == 200
    with socket_of(guarded, cookie=f"{answer.cookie}; {newest(guarded)}") as channel:
        channel.ping().wait(5)


@pytest.mark.parametrize("path", [f"//{EVIL}/x", f"/%5C{EVIL}", f"/%2F{EVIL}", f"///{EVIL}"])
def test_the_passcode_leads_to_this_server_and_to_no_other(guarded, path):
    where = guarded.ask(path, "POST", f"passcode={quote(WORD)}", **FORM).headers["Location"]
    assert re.match(r"/(?![/\\])", where)


def test_a_wrong_passcode_is_told_and_the_page_works_without_scripts(newcomer, guarded, trouble):
    page = newcomer(guarded, java_script_enabled=False)
    page.goto("/watch")
    page.get_by_label("Passcode").fill("red whale")
    page.get_by_role("button", name="Open").click()
    expect(page.locator("h1")).to_have_text("Not this one")
    page.get_by_label("Passcode").fill(WORD)
    page.keyboard.press("Enter")
    page.locator("#app").wait_for(state="attached")
    assert not page.get_by_label("Passcode").count()
    expected(trouble, "401")


def test_the_page_that_asks_for_the_passcode_is_for_everybody(newcomer, guarded, trouble, barriers):
    page = newcomer(guarded, viewport={"width": 390, "height": 844})
    page.goto("/")
    expect(page.get_by_label("Passcode")).to_be_focused()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.keyboard.type(WORD)
    page.keyboard.press("Enter")
    page.locator("h1", has_text="Watch").wait_for()
    expected(trouble, "401")


def test_guessing_is_slowed_down_for_who_guesses_and_for_nobody_else(guarded):
    guesser = {**FORM, "X_Forwarded_For": "192.0.2.7"}  # as a proxy on this machine says it
    tries = [guarded.ask("/", "POST", "passcode=guess", **guesser) for _ in range(Guesses.FREE + 1)]
    assert [answer.status for answer in tries] == [401] * Guesses.FREE + [429]
    assert int(tries[-1].headers["Retry-After"]) <= Guesses.EVERY
    assert "many tries" in told(tries[-1])
    assert guarded.ask("/", "POST", f"passcode={quote(WORD)}", **FORM).status == 303


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def attempts(guesses, client, count):
    """How many of so many tries of one address are let through."""

    async def attempt():
        passed = 0
        for _ in range(count):
            try:
                await guesses.take_turn(client)
            except Refused:
                continue
            passed += 1
        return passed

    return concluded(attempt())


def test_who_waits_may_try_again_and_whoever_knows_the_word_never_has_to():
    clock = Clock()
    guesses = Guesses(clock)
    assert attempts(guesses, "192.0.2.1", 20) == Guesses.FREE
    assert attempts(guesses, "192.0.2.2", 1) == 1
    clock.now += 2 * Guesses.EVERY
    assert attempts(guesses, "192.0.2.1", 20) == 2
    for _ in range(50):  # a class behind one address, each of whom knows the word
        assert attempts(guesses, "192.0.2.9", 1) == 1
        guesses.forgive("192.0.2.9")


def test_many_addresses_of_one_network_are_one_guesser():
    guesses = Guesses(Clock())
    assert sum(attempts(guesses, f"2001:db8::{n:x}", 1) for n in range(40)) == Guesses.FREE
    assert attempts(guesses, "2001:db8:1::1", 1) == 1


def test_many_guessers_together_are_slowed_down_and_let_others_in(monkeypatch):
    monkeypatch.setattr(Guesses, "EVERY_TOGETHER", 0.01)
    guesses = Guesses(Clock())

    async def crowd():
        started = time.monotonic()
        await asyncio.gather(*(guesses.take_turn(f"192.0.2.{n}") for n in range(Guesses.FREE_TOGETHER)))
        at_once = time.monotonic() - started
        await asyncio.gather(*(guesses.take_turn(f"198.51.100.{n}") for n in range(30)))
        return at_once, time.monotonic() - started - at_once

    at_once, in_turns = concluded(crowd())
    assert in_turns >= 0.3 > at_once


# ---- one's own pages, and room for them ----------------------------------------------------------------------------


def test_nobody_gets_at_the_page_of_another(served):
    kernel, owner = str(uuid.uuid4()), newest()
    before = served.kernels()
    with socket_of(served, kernel, owner):
        eventually(lambda: served.kernels() > before)
        for cookie in ("", newest(), owner.replace("session-id", "session-id-lax")):
            assert refused(served, kernel, cookie) == 403
            left = served.ask(f"/_solara/api/close/{kernel}?session_id=page", "POST", Cookie=cookie)
            assert left.status == 403
        with socket_of(served, kernel, owner, query="?session_id=again") as again:
            again.ping().wait(5)
    before = served.kernels()
    assert served.ask(f"/_solara/api/close/{kernel}?session_id=page", "POST", Cookie=owner).status == 200
    assert served.ask(f"/_solara/api/close/{kernel}?session_id=again", "POST", Cookie=owner).status == 200
    eventually(lambda: served.kernels() < before)


def test_what_a_visitor_sends_is_not_executed(served, tmp_path):
    file = tmp_path / "executed"
    asked = {
        "header": {
            "msg_id": "1",
            "msg_type": "execute_request",
            "session": "s",
            "username": "",
            "version": "5.3",
        },
        "parent_header": {},
        "metadata": {},
        "channel": "shell",
        "content": {"code": f"open({str(file)!r}, 'w')", "silent": False},
        "buffers": [],
    }
    with socket_of(served, cookie=newest()) as channel:
        channel.send(json.dumps(asked))
        assert code_of(contextlib.nullcontext(channel)) == 1000
    assert not file.exists()


def test_a_full_server_says_so_and_keeps_the_places_of_those_who_are_there(serve, newcomer, trouble):
    dashboard = serve(limits={"visitors": 2, "tabs": 3})
    first, second, third = (newest(f"visitor-{n}") for n in range(3))
    with socket_of(dashboard, cookie=first), socket_of(dashboard, cookie=second):
        assert dashboard.ask("/watch", Cookie=first).status == 200
        late = dashboard.ask("/watch", Cookie=third)
        assert (late.status, late.headers["Retry-After"]) == (503, "60")
        assert "All 2 places on this server are taken" in told(late)
        assert code_of(socket_of(dashboard, cookie=third)) == 4503
        with socket_of(dashboard, cookie=first), socket_of(dashboard, cookie=first):
            assert "3 of these pages open" in told(dashboard.ask("/watch", Cookie=first))
            assert code_of(socket_of(dashboard, cookie=first)) == 4503
        page = newcomer(dashboard)
        page.goto("/")
        assert page.locator("h1").inner_text() == "All places are taken"
        assert Axe().run(page).response["violations"] == []
    expected(trouble, "503")


def test_a_page_that_lost_its_connection_is_kept_for_a_while_and_then_ended(serve):
    dashboard = serve(limits={"idle": 2})
    kernel, visitor = str(uuid.uuid4()), newest()
    with socket_of(dashboard, kernel, visitor):
        pass
    eventually(lambda: dashboard.kernels() == 1)
    with socket_of(dashboard, kernel, visitor):
        time.sleep(3)
        assert dashboard.kernels() == 1
    eventually(lambda: dashboard.kernels() == 0)


def test_a_closed_tab_ends_its_page_at_once(serve, newcomer):
    dashboard = serve(limits={})
    page = newcomer(dashboard)
    page.goto("/")
    page.locator("h1").first.wait_for()
    assert dashboard.kernels() == 1
    page.goto("about:blank")
    eventually(lambda: dashboard.kernels() == 0)


# ---- what is open, and how much -------------------------------------------------------------------------------------


def test_what_only_the_owner_of_a_server_should_see_is_closed(served, shared):
    for path in ("/jupyter/api/kernels/1", "/_solara/api/evict/1", "/_solara/auth/login", "/_solara/"):
        assert served.ask(path).status == 404
        assert served.ask(path, "POST").status == 405
    assert shared.ask("/resourcez").status == shared.ask("/resourcez?verbose").status == 404
    assert shared.ask("/readyz").status == 200


def test_what_is_not_kept_for_the_browser_is_fetched_nowhere_and_nothing_is_removed(served):
    held = sorted(path.relative_to(NPM) for path in NPM.rglob("*"))
    asked = [
        "requirejs@2.3.6",
        "requirejs@2.3.6/",
        "@widgetti/solara-vuetify-app@10.1.1/dist",
        "@widgetti/solara-vuetify-app@10.1.1/dist/solara-vuetify-app8.js",
        "no-such-package@1.0.0/index.js",
        "../server.py",
        "%2e%2e/server.py",
        "",
    ]
    started = time.monotonic()
    assert [served.ask(f"/_solara/cdn/{path}").status for path in asked] == [404] * len(asked)
    assert time.monotonic() - started < 2
    assert sorted(path.relative_to(NPM) for path in NPM.rglob("*")) == held


@pytest.mark.parametrize(
    "path",
    [
        "/static/assets/../frame.py",
        "/static/assets/%2e%2e/gate.py",
        "/static/public/frame.py",
        "/static//etc/passwd",
    ],
)
def test_no_file_beside_those_for_pages_is_handed_out(served, path):
    assert served.ask(path).status == 404


def test_headers_that_anybody_can_write_change_nothing(served):
    told_lies = {
        "Script_Name": f"//{EVIL}",
        "X_Script_Name": f"//{EVIL}",
        "X_Forwarded_Host": EVIL,
        "X_Forwarded_Proto": "gopher",
    }
    answer = served.ask("/watch", **told_lies)
    assert answer.status == 200
    assert EVIL not in answer.text + served.ask("/watch").text
    assert "; Secure" not in answer.headers["set-cookie"]


def test_too_much_at_once_is_refused(guarded, served):
    assert guarded.ask("/", "POST", "passcode=" + "x" * 5000, **FORM).status == 413
    assert guarded.ask("/", "POST", iter([b"passcode=", b"x" * 5000]), **FORM).status == 413
    assert served.ask("/watch?run=" + "x" * 20_000).status == 200
    with contextlib.suppress(ConnectionResetError):  # the server does not listen to the end
        assert served.ask("/watch?run=" + "x" * 200_000).status == 400
    with socket_of(served, cookie=newest()) as channel:
        channel.send("x" * (9 * 1024 * 1024))
        assert code_of(contextlib.nullcontext(channel)) == 1009


def test_after_all_this_the_server_has_complained_of_nothing(served, guarded, shared):
    for one in (served, guarded, shared):
        assert "Traceback" not in one.errors()


# ---- how large a design may be --------------------------------------------------------------------------------------


@pytest.fixture
def crowd():
    return scenarios.load("platform")  # 100,000 people in two sessions


def test_a_design_that_is_too_large_is_refused_with_the_reason_and_what_would_do(crowd):
    together = Limits.together()
    small = scenarios.load("around-the-table")
    together.refuse(small, replicates=500)
    with pytest.raises(
        TooBigError, match=r"platform: 100,000 people are more than this server, which is shared.*at most 500"
    ):
        together.refuse(crowd)
    with pytest.raises(TooBigError, match=r"5,000 worlds are more than .*at most 1,000 worlds.*coprod run"):
        together.refuse(small, replicates=5000)
    large = scenarios.load("around-the-table", set=["groups.citizens.size=400"])
    with pytest.raises(TooBigError, match=r"at most \d+ worlds"):
        together.refuse(large, replicates=1000)


def test_ones_own_computer_takes_more(crowd):
    Limits.alone().refuse(scenarios.load("citizens-assembly"), replicates=10_000)
    with pytest.raises(TooBigError, match="at most 10,000"):
        Limits.alone().refuse(crowd)


def test_what_holds_is_what_the_server_was_given(crowd):
    before = limits.current()
    try:
        limits.impose(Limits(shared=True, people=10, replicates=5, work=1000))
        with pytest.raises(TooBigError, match="at most 10"):
            limits.refuse(crowd)
    finally:
        limits.impose(before)


# ---- what the browser needs -----------------------------------------------------------------------------------------


def test_the_folder_for_the_browser_holds_what_its_table_says_and_nothing_else():
    wanted = {
        f"{package.name}@{package.version}/{file}"
        for package in browser_files.PACKAGES
        for file in (*package.files, *package.licences)
    }
    held = {path.relative_to(NPM).as_posix() for path in NPM.rglob("*") if path.is_file()}
    assert held - wanted == {"NOTICE.txt", "@widgetti/solara-vuetify-app@10.1.1/dist/fonts.css"}
    assert wanted <= held
    notice = (NPM / "NOTICE.txt").read_text()
    for package in browser_files.PACKAGES:
        assert f"{package.name} {package.version}" in notice
        assert package.sha512 in notice


def test_a_package_that_is_not_what_it_was_is_not_taken(tmp_path, monkeypatch):
    def packed(command, cwd, **_):
        (Path(cwd) / "requirejs-2.3.6.tgz").write_bytes(b"something else")
        return subprocess.CompletedProcess(command, 0, '[{"filename": "requirejs-2.3.6.tgz"}]', "")

    monkeypatch.setattr(browser_files, "PACKAGES", browser_files.PACKAGES[1:2])
    monkeypatch.setattr(browser_files.subprocess, "run", packed)
    (tmp_path / "kept").touch()
    with pytest.raises(SystemExit, match="not what it was"):
        browser_files.write(tmp_path)
    assert (tmp_path / "kept").exists()


def test_a_page_that_begins_slowly_still_hears_of_the_server(newcomer):
    page = newcomer()
    page.add_init_script(  # a machine on which whoever waits less than a minute has waited in vain
        "const own = AbortSignal.timeout.bind(AbortSignal);"
        "AbortSignal.timeout = (time) => own(time < 60000 ? 1 : time);"
    )
    page.goto("/watch")
    page.get_by_role("button", name="Other luck").click()
    expect(page.locator(".replay")).to_have_attribute("data-run", re.compile("seed 8$"))


def test_a_page_whose_server_was_restarted_comes_back_by_itself(serve, newcomer, trouble):
    first = serve()
    page = newcomer(first)
    page.goto("/watch?scenario=tick-box&seed=5")
    page.locator(".replay").wait_for()
    port = first.host.rpartition(":")[2]
    first.process.kill()
    first.process.wait()
    page.evaluate("window.before = true")
    serve("--port", port)
    page.wait_for_function("!window.before && document.querySelector('.replay')", timeout=60_000)
    expect(page.locator(".top .now")).to_contain_text("seed 5")
    trouble[:] = [what for what in trouble if "ERR_CONNECTION" not in what and "WebSocket" not in what]
