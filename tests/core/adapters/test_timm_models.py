"""Our encoders in timm: made by name, with the features that load_encoder gives, and the maps that decoders ask for."""

import pytest
import torch

from mmearth_core.encoder.loading import load_encoder
from mmearth_core.encoder.registry import MODELS
from mmearth_core.errors import MMEarthError

pytestmark = pytest.mark.torch
timm = pytest.importorskip("timm")
timm_models = pytest.importorskip("mmearth_core.adapters.timm_models")
NAME = "mmearth_starter_atto_p8"


def test_every_model_with_a_name_is_one_of_timm() -> None:
    known = timm.list_models("mmearth_*")
    assert set(known) == {timm_models.timm_name(each) for each in MODELS} and NAME in known
    for name in known:
        if "tiny" not in name:
            assert timm.create_model(name, num_classes=3).num_features == 320


def test_features_are_those_of_the_encoder() -> None:
    encoder, model = load_encoder("starter-atto-p8"), timm.create_model(NAME, pretrained=True).eval()
    x = torch.randn(2, 12, 32, 32)
    with torch.no_grad():
        assert torch.equal(model.forward_features(x), encoder(x))
        assert model(x).shape == (2, 320)
        pyramid = timm.create_model(NAME, pretrained=True, features_only=True).eval()
        told = zip(pyramid.feature_info.channels(), pyramid.feature_info.reduction(), strict=True)
        for one, other, (channels, stride) in zip(pyramid(x), encoder.forward_maps(x), told, strict=True):
            assert torch.equal(one, other)
            assert one.shape[1:] == (channels, 32 // stride, 32 // stride)


@pytest.mark.parametrize(
    ("name", "wanted", "coarsest", "strides"),
    [
        (NAME, range(6), 32, [1, 2, 4, 8, 16, 32]),
        (NAME, range(6), 16, [1, 2, 4, 8, 16, 16]),
        (NAME, (1, 3), 32, [2, 8]),
        ("mmearth_atto_p16_all", range(5), 32, [2, 4, 8, 16, 32]),
    ],
)
def test_maps_are_those_that_are_asked_for(name: str, wanted: range, coarsest: int, strides: list[int]) -> None:
    settings = {"features_only": True, "out_indices": tuple(wanted), "output_stride": coarsest}
    model = timm.create_model(name, **settings).eval()
    assert model.feature_info.reduction() == strides
    with torch.no_grad():
        x = torch.randn(1, 12, 64, 64)
        found, own = model(x), model.encoder.forward_maps(x)
    for each, channels, stride in zip(found, model.feature_info.channels(), strides, strict=True):
        assert each.shape == (1, channels, 64 // stride, 64 // stride)
    if len(strides) > 4:
        side = found[4].shape[2]
        assert torch.allclose(found[4], own[3].reshape(1, 320, side, 2, side, 2).mean((3, 5)), atol=1e-5)


def test_a_coarsest_map_finer_than_its_patches_is_refused() -> None:
    with pytest.raises(MMEarthError, match="a stride of 16 pixels"):
        timm.create_model("mmearth_atto_p16_all", features_only=True, output_stride=8)


def test_it_learns_and_takes_another_head() -> None:
    model = timm.create_model(NAME, num_classes=10, in_chans=12, pretrained=True)
    assert all(each.training for each in model.modules())
    loss = torch.nn.functional.cross_entropy(model(torch.randn(2, 12, 16, 16)), torch.tensor([1, 2]))
    torch.autograd.backward(loss)
    assert model.get_classifier().weight.grad is not None
    model.reset_classifier(4)
    assert model(torch.randn(1, 12, 16, 16)).shape == (1, 4)


def test_pixels_are_normalised_by_the_models_statistics_and_grown_to_patches() -> None:
    model = timm.create_model(NAME, pretrained=True)
    table = model.encoder.header.statistics["l2a"]
    dn = torch.tensor(table.mean)[None, :, None, None].expand(1, 12, 20, 16)
    found = model.normalise(dn, "l2a")
    assert found.shape == (1, 12, 24, 16) and found.abs().max() < 1e-5


def test_other_bands_and_weights_that_are_not_here_are_refused(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MMEARTH_HOME", str(tmp_path))
    with pytest.raises(MMEarthError, match="takes 12 bands"):
        timm.create_model(NAME, in_chans=13)
    with pytest.raises(MMEarthError, match="weights fetch"):
        timm.create_model("mmearth_atto_p8_all", pretrained=True)
