"""The configurations of the eleven published checkpoints: each is read, and builds a network of the published size."""

import math
from pathlib import Path

import pytest
import torch
from official_layout import to_official

from mmearth_core.encoder.registry import MODELS
from mmearth_core.errors import MMEarthError
from mmearth_core.pretraining.config import read_config
from mmearth_core.pretraining.methods.building import build_method, start_from

FOLDER = Path(__file__).parents[3] / "training" / "configs" / "official"
PUBLISHED = {model.aliases[0]: model for model in MODELS if model.url}
#: Weights of the whole network as published (the shared decoder counted once).
WEIGHTS = {
    "pt-all_mod_atto_1M_64_uncertainty_56-8": 7_580_674,
    "pt-all_mod_atto_1M_64_unweighted_56-8": 7_580_674 - 12,
    "pt-all_mod_atto_1M_128_uncertainty_112-16": 11_914_618,
    "pt-all_mod_atto_100k_128_uncertainty_112-16": 11_914_618,
    "pt-all_mod_tiny_1M_64_uncertainty_56-8": 32_291_834,
    "pt-pix_mod_atto_1M_64_uncertainty_56-8": 7_129_230,
    "pt-img_mod_atto_1M_64_uncertainty_56-8": 6_136_060,
    "pt-S2_atto_1M_64_uncertainty_56-8": 6_078_601,
}


def test_there_is_one_for_each_published_checkpoint() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(PUBLISHED)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_configuration_is_the_published_recipe_and_network(name: str) -> None:
    model = PUBLISHED[name]
    config = read_config(FOLDER / f"{name}.yaml")
    optimiser = config.optimiser
    assert (optimiser.epochs, optimiser.warmup_epochs, optimiser.effective_batch) == (200, 40, 4096)
    assert math.isclose(optimiser.peak_learning_rate, 2.4e-3)
    assert config.export.name == model.name
    with torch.device("meta"):
        built = build_method(config)
    assert built.method.encoder.architecture == model.architecture
    assert built.crop == model.crop
    assert set(built.bands) == set(model.bands)
    if name in WEIGHTS:
        assert sum(each.numel() for each in built.method.parameters()) == WEIGHTS[name]
    predicted = {"all": 12, "pix": 6, "img": 6}.get(name.removeprefix("pt-").split("_")[0], 1)
    assert len(config.output_names) == predicted


def test_an_official_checkpoint_is_gone_on_from_with_its_decoder(tmp_path: Path) -> None:
    path = FOLDER / "pt-S2_atto_1M_64_uncertainty_56-8.yaml"
    published = build_method(read_config(path, ["seed=7"])).method
    checkpoint = str(tmp_path / "checkpoint-199.pth")
    torch.save({"model": to_official(published), "epoch": 199}, checkpoint)
    gone_on = build_method(read_config(path, ["seed=8"]))
    start_from(checkpoint, gone_on)
    for name, value in published.state_dict().items():
        assert torch.equal(gone_on.method.state_dict()[name], value), name
    with pytest.raises(MMEarthError, match="predicts sentinel2"):
        start_from(checkpoint, build_method(read_config(path, ["outputs=pixel"])))
