"""Workers that are processes of their own: one is really killed, then everybody is, and every run is there exactly once."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import analysis
import scenarios
from analysis import cluster, store, studies
from sim import CoprodError

pytest.importorskip("distributed")

HERE = Path(analysis.__file__).parents[1]
NAME, REPLICATES = "citizens-blended", 3000  # eleven chunks
ASKED = ["run", NAME, "--replicates", str(REPLICATES), "--json"]


class Processes:
    """Schedulers, workers and commands, all of which are ended with the test."""

    def __init__(self, folder):
        self.folder, self.started = folder, []
        self.environment = dict(os.environ)

    def start(self, *command, **more):
        process = subprocess.Popen(
            [sys.executable, *map(str, command)],
            cwd=HERE,
            env={**self.environment, **more.pop("env", {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def scheduler(self, scheme="tcp"):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        address = f"{scheme}://127.0.0.1:{port}"
        process = self.quiet("scheduler", "--host", address.rpartition(":")[0], "--port", port, "--no-show")
        return process, address

    def worker(self, address, **environment):
        return self.quiet("worker", address, "--nthreads", "1", "--no-nanny", env=environment)

    def quiet(self, kind, *options, env=None):
        """A scheduler or a worker, whose chatter goes to a file."""
        with (self.folder / f"{kind}-{len(self.started)}.log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", kind, *map(str, options), "--no-dashboard"],
                cwd=self.folder,
                env={**self.environment, "PYTHONPATH": str(HERE), **(env or {})},
                stdout=log,
                stderr=log,
            )
        self.started.append(process)
        return process

    def coprod(self, *arguments, **environment):
        return self.start("-m", "analysis", *arguments, env=environment)

    def end(self):
        for process in reversed(self.started):
            if process.poll() is None:
                process.kill()
            process.communicate(timeout=30)


@pytest.fixture
def processes(tmp_path):
    them = Processes(tmp_path)
    yield them
    them.end()


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """The study as one process makes it, undisturbed."""
    folder = tmp_path_factory.mktemp("straight")
    studies.make([scenarios.load(NAME)], replicates=REPLICATES, workers=1, store=store.Store(folder))
    return folder


def contents(folder, kind="runs"):
    return {path.name: path.read_bytes() for path in (folder / kind).glob("[!.]*")}


def after_some_chunks(process, folder, count=2):
    while len(contents(folder, "chunks")) < count:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)


def ended(process):
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def assert_is(folder, straight):
    """Every run exactly once, and every byte as in one process."""
    assert contents(folder) == contents(straight)
    designs = [store.read_made(one)["designs"] for one in (folder, straight)]
    assert designs[0] == designs[1]
    assert len(store.read(folder).designs[0].replicates) == REPLICATES


@pytest.mark.kernel
@pytest.mark.slow
def test_a_worker_that_is_killed_half_way_loses_no_run_and_doubles_none(tmp_path, processes, straight):
    _, address = processes.scheduler()
    first = processes.worker(address)
    asking = processes.coprod(*ASKED, "--out", tmp_path / "out", "--scheduler", address)
    after_some_chunks(asking, tmp_path / "out")
    processes.worker(address)
    first.send_signal(signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL
    assert len(contents(tmp_path / "out", "chunks")) < 11
    code, out, err = ended(asking)
    assert code == 0, err
    assert list(json.loads(out)) == [NAME]
    assert_is(tmp_path / "out", straight)


@pytest.mark.kernel
@pytest.mark.slow
def test_client_and_scheduler_killed_and_the_study_resumed_elsewhere(tmp_path, processes, straight):
    scheduler, address = processes.scheduler()
    processes.worker(address)
    out = tmp_path / "out"
    asking = processes.coprod(*ASKED, "--out", out, "--scheduler", address)
    after_some_chunks(asking, out)
    for process in (asking, scheduler):
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    before = contents(out, "chunks")
    assert store.read_made(out)["state"] == "planned"
    assert 0 < len(before) < 11
    _, address = processes.scheduler()
    processes.worker(address)
    code, _, err = ended(processes.coprod("resume", out, "--scheduler", address))
    assert code == 0, err
    assert f"of {REPLICATES:,} runs were in" in err
    assert_is(out, straight)


@pytest.mark.kernel
@pytest.mark.slow
def test_a_scheduler_that_is_lost_is_told_in_a_sentence_and_the_study_ends_here(
    tmp_path, processes, straight
):
    scheduler, address = processes.scheduler()
    processes.worker(address)
    out = tmp_path / "out"
    asking = processes.coprod(*ASKED, "--out", out, "--scheduler", address)
    after_some_chunks(asking, out)
    scheduler.send_signal(signal.SIGKILL)
    code, said, err = ended(asking)
    assert (code, said) == (2, "")
    assert err.splitlines()[-1].startswith(f"--scheduler: {address} was lost; what was done is kept")
    assert "Traceback" not in err
    code, _, err = ended(processes.coprod("resume", out))  # without any cluster
    assert code == 0, err
    assert_is(out, straight)


@pytest.mark.kernel
@pytest.mark.slow
def test_ctrl_c_keeps_what_the_workers_did(tmp_path, processes):
    _, address = processes.scheduler()
    processes.worker(address)
    asking = processes.coprod(
        "run", NAME, "--replicates", "100000", "--out", tmp_path / "out", "--scheduler", address
    )
    after_some_chunks(asking, tmp_path / "out")
    asking.send_signal(signal.SIGINT)
    code, _, err = ended(asking)
    assert code == 130
    assert err.splitlines()[-1].startswith("Stopped. ")
    assert "Traceback" not in err
    kept = int(err.splitlines()[-1].split()[1].replace(",", ""))
    assert kept == 297 * len(contents(tmp_path / "out", "chunks")) > 0


@pytest.mark.kernel
@pytest.mark.slow
def test_with_certificates_the_workers_may_be_anywhere_and_without_them_nobody_gets_in(tmp_path, processes):
    from distributed.security import Security

    made = Security.temporary()
    for name, content in (("both.pem", made.tls_ca_file), ("key.pem", made.tls_client_key)):
        (tmp_path / name).write_text(content)
    them = {"CA_FILE": tmp_path / "both.pem"}
    for who in ("SCHEDULER", "WORKER", "CLIENT"):
        them |= {f"{who}__CERT": tmp_path / "both.pem", f"{who}__KEY": tmp_path / "key.pem"}
    plain = dict(processes.environment)
    processes.environment |= {
        f"DASK_DISTRIBUTED__COMM__TLS__{name}": str(path) for name, path in them.items()
    }
    _, address = processes.scheduler("tls")
    processes.worker(address)
    small = ("run", NAME, "--replicates", "300", "--json", "--scheduler", address)
    code, out, err = ended(processes.coprod(*small, "--out", tmp_path / "in"))
    assert code == 0, err
    assert json.loads(out)[NAME]["engagement"]["n"] == 300
    processes.environment = plain
    code, out, err = ended(processes.coprod(*small, "--out", tmp_path / "not"))
    assert (code, out) == (2, "")
    assert "certificates" in err.splitlines()[-1]
    assert "Traceback" not in err


@pytest.mark.kernel
@pytest.mark.slow
def test_a_worker_with_another_version_of_the_model_is_not_used(tmp_path, processes):
    _, address = processes.scheduler()
    processes.worker(address, NUMBA_BOUNDSCHECK="1")  # compiled otherwise: another version
    code, _, err = ended(processes.coprod(*ASKED, "--out", tmp_path / "out", "--scheduler", address))
    assert code == 2
    assert "a worker has another version of the model" in err.splitlines()[-1]
    assert not contents(tmp_path / "out")
    assert not contents(tmp_path / "out", "chunks")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("tcp://10.1.2.3:8786", "start scheduler and workers with certificates and give tls://10.1.2.3:8786"),
        ("example.org:8786", "without TLS anybody on the way"),
        ("tcp://[fe80::1]:8786", "without TLS"),
        ("tcp://127.0.0.1", "an address such as tls://host:8786"),
        ("http://127.0.0.1:80", "an address such as"),
        ("tcp://127.0.0.1:port", "an address such as"),
        ("", "an address such as"),
    ],
)
def test_an_address_that_may_not_be_used_is_refused_with_what_would_do(address, words):
    with pytest.raises(CoprodError, match=r"^--scheduler: ") as refused:
        cluster.check_address(address)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:8786", "localhost:8786", "tcp://[::1]:8786", "tls://10.1.2.3:8786"]
)
def test_this_machine_needs_no_certificates_and_others_are_reached_with_tls(address):
    assert cluster.check_address(address).endswith(":8786")


def test_a_refused_address_leaves_no_folder_and_a_silent_one_is_told(tmp_path, processes):
    out = tmp_path / "out"
    refused = ended(processes.coprod("run", NAME, "--out", out, "--scheduler", "tcp://10.1.2.3:8786"))
    assert refused[0] == 2
    assert len(refused[2].splitlines()) == 1
    assert not out.exists()
    nowhere = ended(processes.coprod("run", NAME, "--scheduler", "tcp://127.0.0.1:8786"))
    assert (nowhere[0], nowhere[1]) == (2, "")
    assert "--out" in nowhere[2]
    silent = ended(processes.coprod("run", NAME, "--out", out, "--scheduler", "tcp://127.0.0.1:9"))
    assert silent[0] == 2
    assert silent[2].splitlines()[-1].startswith("--scheduler: nothing answers at tcp://127.0.0.1:9")
    assert "Traceback" not in silent[2]


def test_the_ordinary_install_does_not_have_dask():
    locked = (HERE / "requirements/run.txt").read_text()
    assert "\nduckdb==2" in locked
    assert not {"dask", "distributed"} & {line.partition("==")[0] for line in locked.splitlines()}
