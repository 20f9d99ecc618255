"""torchgeo's own tasks learn on our encoders. `make test-adapters` installs it."""

import importlib.util
from typing import Any

import pytest

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")
pytest.importorskip("torchgeo", reason="torchgeo is not installed: make test-adapters")
lightning = pytest.importorskip("lightning.pytorch")

import mmearth_core.adapters.timm_models  # noqa: E402, F401 - timm knows our models from then on

NAME = "mmearth_starter_atto_p8"
SIDE = 64


def task_of(name: str, **settings: Any) -> Any:
    """A task of torchgeo: torchgeo.tasks.NAME, before 0.10 torchgeo.trainers.NAMETask."""
    if importlib.util.find_spec("torchgeo.tasks"):
        from torchgeo import tasks

        return getattr(tasks, name)(in_channels=12, **settings)
    from torchgeo import trainers

    return getattr(trainers, f"{name}Task")(in_channels=12, **settings)


def learn(task: Any, **sample: Any) -> None:
    """A step of learning and one of judging, as Lightning makes them."""
    samples = [{key: value.clone() for key, value in sample.items()} for _ in range(2)]
    loader = torch.utils.data.DataLoader(samples, batch_size=2)
    trainer = lightning.Trainer(
        **{"fast_dev_run": True, "accelerator": "cpu", "enable_progress_bar": False, "enable_model_summary": False}
    )
    trainer.fit(task, loader, loader)


def test_a_classifier_learns_and_only_its_head_where_the_backbone_is_frozen() -> None:
    image, label = torch.randn(12, 32, 32), torch.tensor(2)
    for frozen in (False, True):
        task = task_of("Classification", model=NAME, weights=True, num_classes=10, freeze_backbone=frozen)
        before = {name: each.clone() for name, each in task.model.named_parameters()}
        learn(task, image=image, label=label)
        changed = {name for name, each in task.model.named_parameters() if not torch.equal(each, before[name])}
        assert "head.weight" in changed
        assert any(name.startswith("encoder.") for name in changed) is not frozen


@pytest.mark.parametrize("model", ["unet", "deeplabv3+", "upernet", "segformer"])
@pytest.mark.parametrize("name", [NAME, "mmearth_atto_p16_all"])
def test_decoders_of_pixels_take_its_maps(name: str, model: str) -> None:
    weights = True if name == NAME else None
    settings = {"task": "multiclass", "num_classes": 5}
    task = task_of("SemanticSegmentation", model=model, backbone=f"tu-{name}", weights=weights, **settings)
    image = torch.randn(12, SIDE, SIDE)
    with torch.no_grad():
        assert task.eval()(image[None]).shape == (1, 5, SIDE, SIDE)
    if model == "unet":
        learn(task.train(), image=image, mask=torch.randint(0, 5, (SIDE, SIDE)))


def test_two_dates_are_compared_by_the_same_encoder() -> None:
    task = task_of("ChangeDetection", model="fcsiamdiff", backbone=f"tu-{NAME}", weights=True)
    with torch.no_grad():
        assert task.eval()(torch.randn(1, 2, 12, SIDE, SIDE)).shape[-2:] == (SIDE, SIDE)


def test_contrastive_learning_takes_its_pooled_features() -> None:
    task = task_of("SimCLR", model=NAME, weights=True, hidden_dim=16, output_dim=8)
    with torch.no_grad():
        projected, features = task.eval()(torch.randn(2, 12, 32, 32))
    assert projected.shape == (2, 8) and features.shape == (2, 320)
