"""Only what was named, or what we made, is ever replaced or removed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.files import atomic_path, check_output, put, workshop, write_text

POSIX = pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")


def refused(words: str, path: Path, **options: object) -> None:
    with pytest.raises(MMEarthError, match=words):
        check_output(path, **options)


def test_an_input_is_known_by_any_spelling(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "in.tif").write_text("pixels")
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.tif").symlink_to("in.tif")
    os.link(tmp_path / "in.tif", tmp_path / "hard.tif")
    monkeypatch.chdir(tmp_path)
    spelled = (Path("in.tif"), Path("sub/../in.tif"), tmp_path / "in.tif", tmp_path / "link.tif", Path("hard.tif"))
    for source in spelled:
        refused("is an input of this command", tmp_path / "in.tif", overwrite=True, inputs=(None, source))
    refused(r"in\.tif, which belongs to out\.tif, is an input", Path("out.tif"), overwrite=True, inputs=spelled[2:3],
            beside=("in.tif",))  # fmt: skip
    assert check_output(Path("out.tif"), inputs=spelled) == Path("out.tif")


def test_what_lies_beside_obeys_overwrite_too(tmp_path: Path) -> None:
    (tmp_path / "out.qml").write_text("of somebody")
    refused("out.qml, which belongs to out.tif, exists already; .*overwrite=True", tmp_path / "out.tif",
            beside=(tmp_path / "out.qml",))  # fmt: skip
    check_output(tmp_path / "out.tif", overwrite=True, beside=(tmp_path / "out.qml",))


@POSIX
def test_links_devices_pipes_and_folders_are_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name, words in (
        ("link", "is a link to file; name the file it leads to"),
        ("dangling", "is a link to nowhere"),
        ("pipe", "is no plain file"),
        ("folder", "is a folder"),
    ):
        refused(words, tmp_path / name, overwrite=True)
        refused("is a link|is no plain file", tmp_path / "out.tif", overwrite=True, beside=(tmp_path / name,))
        (tmp_path / "made").write_text("made")
        with pytest.raises(EnvironmentFailure, match="is no plain file"):
            put(tmp_path / "made", tmp_path / name)
    refused("is no plain file", Path("/dev/null"), overwrite=True)
    assert (tmp_path / "file").read_text() == "x" and not (tmp_path / "nowhere").exists()


@POSIX
def test_what_takes_the_name_meanwhile_is_not_replaced_through(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("victim")
    with pytest.raises(EnvironmentFailure, match="is no plain file"), atomic_path(tmp_path / "out") as temporary:
        temporary.write_text("made")
        (tmp_path / "out").symlink_to("victim")
    assert (tmp_path / "victim").read_text() == "victim" and len(list(tmp_path.iterdir())) == 2


def test_temporary_names_are_nobody_elses(tmp_path: Path) -> None:
    with atomic_path(tmp_path / "out") as one, atomic_path(tmp_path / "out") as other:
        assert one != other and one.exists() and one.stat().st_size == 0
        one.write_text("one")
        other.write_text("other")
    assert (tmp_path / "out").read_text() == "one" and list(tmp_path.iterdir()) == [tmp_path / "out"]
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o666 & ~os.umask(os.umask(0o022)) or os.name != "posix"


def test_a_name_as_long_as_a_file_system_takes_is_written(tmp_path: Path) -> None:
    write_text(tmp_path / ("n" * 250 + ".json"), "{}")
    assert len(list(tmp_path.iterdir())) == 1


@POSIX
def test_what_a_killed_process_left_goes_and_what_a_live_one_writes_stays(tmp_path: Path) -> None:
    script = """
import os, signal, sys
from mmearth_core.files import atomic_path
with atomic_path(sys.argv[1]) as temporary:
    if sys.argv[2] == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    print(flush=True)
    input()
"""
    command = [sys.executable, "-c", script, str(tmp_path / "out")]
    subprocess.run([*command, "die"], check=False)
    left = list(tmp_path.iterdir())
    assert len(left) == 1
    with subprocess.Popen([*command, "live"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as live:
        assert live.stdout is not None and live.stdout.readline()
        write_text(tmp_path / "out", "ours")
        there = [path for path in tmp_path.iterdir() if path.name != "out"]
        assert len(there) == 1 and there != left
        live.communicate(b"\n")
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


@POSIX
def test_a_folder_of_drafts_goes_however_the_process_ends(tmp_path: Path) -> None:
    script = """
import os, signal, sys
from mmearth_core.files import abandon, workshop
with workshop(sys.argv[1]) as folder:
    (folder / "draft.tif").write_text("x")
    if sys.argv[2] == "abandon":
        abandon()
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "out.gpkg"), "abandon"], check=False)
    assert not list(tmp_path.iterdir())
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "out.gpkg"), "die"], check=False)
    left = list(tmp_path.iterdir())
    assert len(left) == 1 and left[0].is_dir()
    left[0].joinpath("link").symlink_to(Path(__file__).parent)
    with workshop(tmp_path / "out.gpkg") as folder:
        assert list(tmp_path.iterdir()) == [folder] and folder not in left
    assert not list(tmp_path.iterdir()) and Path(__file__).exists()
