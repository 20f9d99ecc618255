"""Which Python is taken, what is said about one that does not fit, and what it does not inherit from QGIS."""

import json
import os

import pytest

from qgis_plugin.core.python import base_python, environment
from qgis_plugin.core.python.environment import (
    check_python,
    find_python,
    plugin_version,
    python_in,
    scrubbed_environment,
    worker_command,
)

pytestmark = pytest.mark.usefixtures("qgis_app")

FIT = {
    "python": "3.12.1",
    "platform": "Somewhere",
    "mmearth": plugin_version(),
    "worker": True,
    "onnxruntime": "1.20.0",
    "rasterio": "1.4.0",
    "torch": None,
    "problems": {},
}


@pytest.fixture
def speaking(tmp_path):
    """Makes a program that answers the check with what it is told, in place of a Python that cannot be had here."""

    def make(**changes):
        path = tmp_path / "python-speaking"
        path.write_text(f"#!/bin/sh\ncat <<'END'\nhello from a start-up file\n{json.dumps({**FIT, **changes})}\nEND\n")
        path.chmod(0o755)
        return path

    return make


def made(folder, **marker):
    python = python_in(folder)
    python.parent.mkdir(parents=True)
    python.touch()
    (folder / "mmearth.json").write_text(json.dumps(marker))
    return python


def test_the_order_is_setting_variable_managed(settings, monkeypatch):
    monkeypatch.delenv("MMEARTH_PYTHON", raising=False)
    assert find_python(settings) is None
    python = made(settings.environment_folder, version=plugin_version())
    assert find_python(settings) == (str(python), "managed")
    monkeypatch.setenv("MMEARTH_PYTHON", "/somewhere/python")
    assert find_python(settings) == ("/somewhere/python", "variable")
    settings.python = "/chosen/python"
    assert find_python(settings) == ("/chosen/python", "setting")


@pytest.mark.parametrize("marker", [{}, {"version": "0.0.1"}])
def test_an_unfinished_or_other_environment_does_not_count(settings, monkeypatch, marker):
    monkeypatch.delenv("MMEARTH_PYTHON", raising=False)
    made(settings.environment_folder, **marker)
    assert find_python(settings) is None


def test_the_worker_of_this_checkout_passes(worker_python):
    report = check_python(worker_python)
    assert report.ok, report.sentence
    assert report.versions["mmearth"] == plugin_version()
    assert "ONNX Runtime" in report.sentence


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"python": "3.9.18"}, "Python 3.9.18, which is too old: choose Python 3.11 or newer"),
        ({"mmearth": "0.0.1"}, f"has mmearth 0.0.1, but the plugin needs {plugin_version()}"),
        ({"worker": False}, "no worker"),
        ({"problems": {"mmearth": "ModuleNotFoundError: No module named 'mmearth_core'"}}, "pip install mmearth"),
        (
            {"problems": {"onnxruntime": "ImportError: DLL load failed while importing onnxruntime_pybind11_state"}},
            "onnxruntime cannot be loaded. A library that Windows needs for it is missing. Install the Microsoft",
        ),
    ],
)
def test_a_python_that_does_not_fit_is_told_in_a_sentence(speaking, changes, words):
    report = check_python(speaking(**changes))
    assert not report.ok
    assert words in report.sentence


def test_a_fit_python_passes_whatever_else_it_prints(speaking):
    report = check_python(speaking(torch="2.7.0"))
    assert report == (True, report.sentence, {**FIT, "torch": "2.7.0"})
    assert report.sentence.endswith("torch 2.7.0.")


def test_programs_that_are_no_python(tmp_path):
    plain = tmp_path / "plain"
    plain.write_text("text")
    assert "was not found" in check_python(tmp_path / "nothing").sentence
    assert "is a folder" in check_python(tmp_path).sentence
    assert "not executable" in check_python(plain).sentence
    assert "does not work as a Python" in check_python("/bin/ls").sentence
    plain.chmod(0o755)
    plain.write_text("#!/nowhere/python\n")
    assert "cannot be started" in check_python(plain).sentence


def test_qgis_is_never_started_as_a_python(tmp_path):
    trace = tmp_path / "started"
    qgis = tmp_path / "qgis-bin"
    qgis.write_text(f"#!/bin/sh\ntouch {trace}\n")
    qgis.chmod(0o755)
    assert "is QGIS itself" in check_python(qgis).sentence
    assert not trace.exists()


def test_a_python_that_hangs_is_given_up(tmp_path, monkeypatch):
    hanging = tmp_path / "hanging"
    hanging.write_text("#!/bin/sh\nexec sleep 30\n")
    hanging.chmod(0o755)
    monkeypatch.setattr(environment, "TIME_OUT", 0.5)
    assert "did not answer within 0.5 s" in check_python(hanging).sentence


def test_nothing_of_qgis_python_is_inherited(monkeypatch, tmp_path):
    dropped = [
        *(
            "PYTHONHOME",
            "PYTHONPATH",
            "PYTHONEXECUTABLE",
            "PIP_TARGET",
            "PROJ_LIB",
            "PROJ_DATA",
            "GDAL_DATA",
            "QT_PLUGIN_PATH",
        ),
        *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX"),
    ]
    for name in dropped:
        monkeypatch.setenv(name, "/somewhere")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", "localhost")
    monkeypatch.setattr(environment.QgsApplication, "prefixPath", lambda: str(tmp_path / "QGIS"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "QGIS" / "cert.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", "/etc/ssl/certs")
    scrubbed = scrubbed_environment()
    assert not set(dropped) & set(scrubbed)
    assert "SSL_CERT_FILE" not in scrubbed
    assert scrubbed["SSL_CERT_DIR"] == "/etc/ssl/certs"
    assert (scrubbed["HTTPS_PROXY"], scrubbed["NO_PROXY"]) == ("http://proxy:3128", "localhost")
    assert {scrubbed[f"PYTHON{name}"] for name in ("UNBUFFERED", "SAFEPATH", "NOUSERSITE")} == {"1"}
    assert scrubbed["PYTHONIOENCODING"] == "utf-8"
    assert os.environ["PYTHONHOME"] == "/somewhere", "the environment of QGIS itself was changed"


def test_a_broken_pythonhome_does_not_reach_the_worker(worker_python, monkeypatch):
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    assert check_python(worker_python).ok


def test_a_module_in_the_current_folder_is_not_taken_for_mmearth(worker_python, tmp_path, monkeypatch):
    (tmp_path / "mmearth_core.py").write_text("raise SystemExit('the wrong one')")
    monkeypatch.chdir(tmp_path)
    assert check_python(worker_python).ok
    assert worker_command("python")[-2:] == ["-m", "mmearth_core.worker"]


def test_a_base_is_found_that_can_make_environments():
    base = base_python.find([].append)
    assert base is not None
    assert not environment.is_qgis(base[0])


def test_pip_keeps_the_way_to_the_packages_only(monkeypatch):
    monkeypatch.setenv("PIP_CERT", "/etc/ssl/own.pem")
    monkeypatch.setenv("PIP_TARGET", "/somewhere")
    monkeypatch.setenv("UV_INDEX", "https://elsewhere.example/simple")
    kept = base_python.installer_environment("https://index.example/simple")
    assert kept["PIP_CERT"] == "/etc/ssl/own.pem"
    assert kept["PIP_INDEX_URL"] == "https://index.example/simple"
    assert "PIP_TARGET" not in kept
    assert "UV_INDEX" not in kept
    assert kept["PIP_CONFIG_FILE"] == os.devnull and kept["UV_NO_CONFIG"] == "1"
    assert "PIP_CERT" not in base_python.installer_environment(strict=True)
