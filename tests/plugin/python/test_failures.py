"""What is made of the last words of pip, uv, venv and the loader."""

import pytest

from qgis_plugin.core.python.failures import explain
from qgis_plugin.core.python.redaction import redacted, without_credentials

pytestmark = pytest.mark.usefixtures("qgis_app")

URLLIB = "WARNING: Retrying (Retry(total=2, connect=None)) after connection broken by "
NONE_FOUND = (
    "\nERROR: Could not find a version that satisfies the requirement numpy>=1.26 (from mmearth) (from versions: none)"
    "\nERROR: No matching distribution found for numpy>=1.26"
)

CASES = [
    (
        URLLIB
        + "'NameResolutionError(\"Failed to resolve 'pypi.org' ([Errno -2] Name or service not known)\")'"
        + NONE_FOUND,
        ("cannot be reached", "network connection"),
    ),
    (
        URLLIB
        + "'NewConnectionError(': Failed to establish a new connection: [WinError 10061] refused')'"
        + NONE_FOUND,
        ("cannot be reached", "folder of wheels"),
    ),
    ("socket.gaierror: [Errno 11001] getaddrinfo failed", ("cannot be reached", "network connection")),
    (
        "error: Failed to fetch: `https://pypi.org/simple/numpy/`\n  cause: error sending request\n  cause: dns error",
        ("cannot be reached", "network connection"),
    ),
    (
        URLLIB + "'ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407 Proxy Authentication "
        "Required'))': /simple/numpy/" + NONE_FOUND,
        ("proxy asks for a user name", "HTTPS_PROXY"),
    ),
    (
        URLLIB
        + "'ProxyError('Cannot connect to proxy.', NewConnectionError(': [Errno 111] Connection refused'))'"
        + NONE_FOUND,
        ("proxy cannot be reached", "NO_PROXY"),
    ),
    (
        "Could not fetch URL https://pypi.org/simple/numpy/: There was a problem confirming the ssl certificate: "
        "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to "
        "get local issuer certificate (_ssl.c:1006)')) - skipping" + NONE_FOUND,
        ("certificate", "PIP_CERT"),
    ),
    ("error: invalid peer certificate: UnknownIssuer", ("certificate", "PIP_CERT")),
    (
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        ("disk is full", "Make room"),
    ),
    ("OSError: [WinError 112] There is not enough space on the disk", ("disk is full", "another disk")),
    ("PermissionError: [WinError 5] Access is denied: 'C:\\\\x\\\\numpy.pyd'", ("cannot be written", "antivirus")),
    (
        "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/opt/x'",
        ("cannot be written", "folder"),
    ),
    (
        "OSError: [WinError 225] Operation did not complete successfully because the file contains a virus or "
        "potentially unwanted software",
        ("antivirus", "Exclude"),
    ),
    (
        "OSError: [WinError 1260] This program is blocked by group policy. For more information, contact your system "
        "administrator",
        ("policy", "administrator"),
    ),
    (
        "ImportError: DLL load failed while importing onnxruntime_pybind11_state: The specified "
        "module could not be found.",
        ("library that Windows needs", "Visual C++"),
    ),
    (
        "OSError: [WinError 1114] A dynamic link library (DLL) initialization routine failed. Error loading "
        '"C:\\\\env\\\\Lib\\\\site-packages\\\\torch\\\\lib\\\\c10.dll" or one of its dependencies.',
        ("1114", "Visual C++"),
    ),
    (
        "ImportError: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.28' not found (required by /env/ort.so)",
        ("C library is too old", "newer system"),
    ),
    (
        "ERROR: onnxruntime-1.20.0-cp312-cp312-manylinux_2_28_x86_64.whl is not a supported wheel on this platform.",
        ("does not exist for this system", "64-bit"),
    ),
    (NONE_FOUND, ("does not exist for this system", "all packages")),
    (
        "ERROR: Package 'mmearth' requires a different Python: 3.9.18 not in '>=3.11'",
        ("of a version the packages do not support", "3.12"),
    ),
    (
        "The virtual environment was not created successfully because ensurepip is not available.  On Debian/Ubuntu "
        "systems, you need to install the python3-venv package using the following command.\n"
        "\n    apt install python3.11-venv",
        ("lacks the module venv", "python3-venv"),
    ),
    ("/usr/bin/python3: No module named venv", ("lacks the module venv", "python3-venv")),
    (
        "ERROR: Cannot install a and b because these package versions have conflicting dependencies.\n"
        "ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/",
        ("do not go together", "empty folder"),
    ),
    (
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n  Expected sha256 aa\n  Got bb",
        ("hash differs", "Try again"),
    ),
    ("Downloading torch-2.7.0.whl (800 MB)\nsignal 9", ("memory ran out", "Close other programs")),
    ("MemoryError", ("memory ran out", "Close other programs")),
    (
        "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host='files.pythonhosted.org', port=443)"
        ": Read timed out.",
        ("did not answer in time", "later"),
    ),
    (
        "ERROR: HTTP error 403 while getting https://x/simple\n403 Client Error: Forbidden for url: https://x/",
        ("refuses access", "credentials"),
    ),
]


@pytest.mark.parametrize(("output", "words"), CASES, ids=[words[0] for _, words in CASES])
def test_failures_become_a_sentence_and_an_action(output, words):
    failure = explain(
        "Collecting numpy\n  Downloading numpy-2.0.0.whl (18.0 MB)\n" + output + "\n[notice] A new pip is out"
    )
    assert words[0] in failure.sentence
    assert words[1] in failure.action
    assert failure.sentence.endswith(".")


def test_what_is_not_known_gives_the_line_that_says_most():
    failure = explain(
        'Traceback (most recent call last):\n  File "x.py", line 3\nValueError: the moon is full\n\nhint: wait'
    )
    assert failure.sentence == "ValueError: the moon is full."
    assert "diagnostics" in failure.action


def test_silence_is_told_as_such():
    assert explain("").sentence == "It failed without saying why."


def test_a_package_name_does_not_pass_for_a_failure():
    """`defusedxml` and versions such as 3.403 are printed by every installation."""
    text = "Collecting defusedxml==3.403\nDownloading killed-0.1.whl\nERROR: something of its own"
    assert explain(text).sentence == "something of its own."


def test_credentials_are_taken_out():
    text = "Looking in indexes: https://me:s3cret@index.example/simple?token=abc123, PASSWORD=hunter2"
    clean = without_credentials(text)
    assert "index.example/simple" in clean
    assert not any(secret in clean for secret in ("s3cret", "abc123", "hunter2", "me:"))
    assert "abc" not in without_credentials("Authorization: Bearer abc")


def test_home_and_user_are_taken_out(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("LOGNAME", "ada")
    assert redacted("/home/ada/.mmearth/x, owned by ada, not by adam") == "~/.mmearth/x, owned by user, not by adam"
