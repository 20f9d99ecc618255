"""The configuration of a run: what may be written, what is refused and in which words."""

import subprocess
import sys
from pathlib import Path

import pytest

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES
from mmearth_core.pretraining.config import read_config


@pytest.fixture
def minimal(tmp_path: Path) -> Path:
    path = tmp_path / "run.yaml"
    path.write_text("data: {datasets: [tiles]}\noptimiser:\n  base_learning_rate: 2e-4\n", encoding="utf-8")
    return path


def test_a_minimal_file_is_the_published_recipe(minimal: Path) -> None:
    config = read_config(minimal)
    optimiser = config.optimiser
    assert (optimiser.epochs, optimiser.warmup_epochs, optimiser.effective_batch) == (200, 40, 4096)
    assert (optimiser.betas, optimiser.weight_decay, optimiser.clip) == ((0.9, 0.95), 0.05, None)
    assert optimiser.base_learning_rate == 2e-4  # which plain YAML takes for a text
    assert optimiser.peak_learning_rate == pytest.approx(2e-4 * 16)
    assert config.output_names == tuple(MODALITIES)
    assert config.data.datasets == [str(Path("tiles").absolute())]


def test_changes_replace_what_the_file_says(minimal: Path) -> None:
    config = read_config(minimal, ["optimiser.epochs=50", "mp_mae.size=tiny", "outputs=[month, sentinel2]", "seed=3"])
    assert (config.optimiser.epochs, config.settings.size, config.seed) == (50, "tiny", 3)
    assert config.output_names == ("sentinel2", "month")  # in the order of the table


@pytest.mark.parametrize(("outputs", "count"), [("all", 12), ("pixel", 6), ("image", 6), ("s2", 1)], ids=str)
def test_sets_of_outputs_have_names(minimal: Path, outputs: str, count: int) -> None:
    assert len(read_config(minimal, [f"outputs={outputs}"]).output_names) == count


def test_teachers_are_named_in_a_list_and_in_no_set(minimal: Path) -> None:
    config = read_config(minimal, ["outputs=[teacher_b, sentinel2, teacher_a]"])
    assert config.output_names == ("sentinel2", "teacher_a", "teacher_b")
    assert not any(name.startswith("teacher_") for name in read_config(minimal, ["outputs=all"]).output_names)
    with pytest.raises(MMEarthError, match=r"outputs\[0\]: it must be one of .*, or a teacher of the datasets"):
        read_config(minimal, ["outputs=[teacher_A]"])


def test_what_is_written_reads_back_the_same(minimal: Path, tmp_path: Path) -> None:
    changes = ["mp_mae.weighting={sentinel2: 1.0}", "outputs=s2", "optimiser.clip=1", "watch.labelled=x.npz"]
    config = read_config(minimal, changes)
    written = tmp_path / "resolved.yaml"
    written.write_text(config.to_yaml(), encoding="utf-8")
    assert read_config(written) == config
    assert config.differences(read_config(written)) == []


def test_two_runs_differ_by_what_they_learn_not_by_where_the_tiles_lie(minimal: Path) -> None:
    config = read_config(minimal)
    assert config.differences(read_config(minimal, ["data.workers=7", "data.datasets=[elsewhere]"])) == []
    other = read_config(minimal, ["optimiser.epochs=100"])
    assert config.differences(other) == ["optimiser.epochs: 100 there, 200 here"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("optimiser.epoch=3", ", optimiser: there is no 'epoch'; did you mean 'epochs'?"),
        ("colour=red", ": there is no 'colour'; known are data, outputs"),
        ("optimiser.epochs=many", ", optimiser.epochs: expected a whole number, found 'many'"),
        ("optimiser.clip=soft", ", optimiser.clip: expected a number or null, found 'soft'"),
        ("optimiser.betas=[0.9]", ", optimiser.betas: expected a list of 2 values (a number each), found [0.9]"),
        ("precision=half", ", precision: expected auto or fp32 or bf16, found 'half'"),
        ("method=guess", ", method: it must be one of mp_mae, softcon, omnisat, a2_mae, ns_mae, found 'guess'"),
        ("mp_mae=3", ", mp_mae: expected names with values, found 3"),
        ("mp_mae.crops=3", ", mp_mae: there is no 'crops'; did you mean 'crop'?"),
        ("mp_mae.decoder=3", ", mp_mae.decoder: expected shared or separate, found 3"),
        ("seed.x=3", "set=seed.x=3"),
        ("epochs", "set=epochs is no setting with its value"),
        ("seed=[", "[ is no value"),
        ("outputs=[lidar]", ", outputs[0]: it must be one of sentinel2,"),
        ("outputs=[]", ", outputs: it must name at least one modality, found []"),
        ("optimiser.effective_batch=100", ", optimiser: effective_batch must be a multiple of batch"),
        ("optimiser.warmup_epochs=300", ", optimiser: warmup_epochs must be between 0 and epochs"),
        ("data.hold_out=1", ", data.hold_out: it must be at least 0 and below 1, found 1"),
        ("watch.keep=0", ", watch.keep: it must be positive, found 0"),
        ("export.name=a/b", ", export.name: it must be a name that a file can have"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(minimal: Path, change: str, words: str) -> None:
    with pytest.raises(MMEarthError) as caught:
        read_config(minimal, ["seed=0", change])
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert change.startswith(("seed", "epochs")) or str(minimal) in str(caught.value)


def test_an_unknown_method_is_said_though_there_are_settings_of_another(minimal: Path) -> None:
    with pytest.raises(MMEarthError, match=r"method: it must be one of .*, found 'guess'"):
        read_config(minimal, ["mp_mae.size=atto", "method=guess"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no settings"),
        ("a: [", "is no YAML file"),
        ("seed: 1", "data: it is needed here"),
        ("data: {}", "datasets"),
    ],
)
def test_a_file_that_is_no_configuration_says_so(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "run.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MMEarthError, match=words):
        read_config(path)
    with pytest.raises(MMEarthError, match="No such file"):
        read_config(tmp_path / "none.yaml")


def test_reading_a_configuration_loads_no_torch(minimal: Path) -> None:
    code = (
        "import sys; from mmearth_core.pretraining.config import read_config; read_config(sys.argv[1]);"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(minimal)], check=False, timeout=60).returncode == 0


def test_a_configuration_of_an_earlier_version_is_still_read(tmp_path: Path) -> None:
    """With its method's section between the others, and whole numbers where numbers are meant."""
    path = tmp_path / "config.yaml"
    path.write_text(
        "# The configuration of a run\ndata: {datasets: [/tiles], hold_out: 0}\noutputs: [sentinel2, month]\n"
        "method: mp_mae\nmp_mae: {size: tiny, weighting: {sentinel2: 1, month: 0}}\n"
        "optimiser: {warmup_epochs: 40, betas: [0.9, 0.95], clip: null}\ninit: null\n",
        encoding="utf-8",
    )
    config = read_config(path)
    assert config.settings.size == "tiny" and config.settings.weighting == {"sentinel2": 1.0, "month": 0.0}
    assert config.as_dict()["mp_mae"]["size"] == "tiny" and "settings" not in config.as_dict()


def test_settings_of_several_methods_may_stand_beside_each_other(minimal: Path) -> None:
    """One word then changes the method."""
    minimal.write_text(minimal.read_text() + "mp_mae: {size: femto}\nsoftcon: {size: tiny}\n", encoding="utf-8")
    assert [read_config(minimal, [f"method={name}"]).settings.size for name in ("mp_mae", "softcon")] == [
        "femto",
        "tiny",
    ]
    assert "mp_mae:" not in read_config(minimal, ["method=softcon"]).to_yaml()
    with pytest.raises(MMEarthError, match=r"the method of this run is mp_mae; give method=softcon as well"):
        read_config(minimal, ["softcon.size=atto"])
    minimal.write_text(minimal.read_text().replace("{size: tiny}", "{sise: tiny}"), encoding="utf-8")
    with pytest.raises(MMEarthError, match=r"softcon: there is no 'sise'"):
        read_config(minimal)
