"""SoftCon: the teacher follows and learns nothing, the queue is of steps before, labels can be left out."""

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="pretraining needs torch (pip install mmearth[train])")

from mmearth_core.modalities import MODALITIES  # noqa: E402
from mmearth_core.pretraining.config import OptimiserConfig  # noqa: E402
from mmearth_core.pretraining.loop import make_optimiser  # noqa: E402
from mmearth_core.pretraining.methods.comparisons.agreement import info_nce  # noqa: E402
from mmearth_core.pretraining.methods.comparisons.moving_teacher import MovingTeacher, momentum_at  # noqa: E402
from mmearth_core.pretraining.methods.softcon.method import SoftCon  # noqa: E402
from mmearth_core.pretraining.methods.softcon.queue import Queue, Said  # noqa: E402
from mmearth_core.pretraining.methods.softcon.settings import SoftConConfig  # noqa: E402


def method_of(**settings: Any) -> SoftCon:
    torch.manual_seed(0)
    return SoftCon(SoftConConfig(**{"crop": 16, "queue": 8, **settings}))


def batch_of(method: SoftCon, count: int = 4, seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    views = []
    for place in range(count):
        sample = {
            "sentinel2": rng.standard_normal((12, 24, 24), np.float32),
            "dynamic_world": np.repeat(rng.integers(0, 9, (24, 2)), 12, axis=1),
            "place": np.array(place + 10 * seed),
        }
        views.append(method.view(sample, rng))
    return {name: torch.from_numpy(np.stack([view[name] for view in views])) for name in views[0]}


def weights_of(module: Any) -> dict[str, Any]:
    return {name: tensor.clone() for name, tensor in module.state_dict().items()}


def test_the_teacher_sees_the_whole_look_and_the_covers_of_it() -> None:
    batch = batch_of(method_of())
    assert not batch["masked_again"].any() and batch["masked"].sum((1, 2)).tolist() == [2] * 4
    assert batch["dynamic_world_again"].shape == (4, 16, 16)
    # The same ground where the crops overlap: covers are two halves, which turns and shifts keep.
    assert all(set(again.unique().tolist()) <= set(range(9)) for again in batch["dynamic_world_again"])


def test_no_gradient_reaches_the_teacher_which_follows_exactly() -> None:
    method = method_of()
    method(batch_of(method)).objective.backward()
    assert all(each.grad is None for each in method.teacher.parameters())
    assert all(each.grad is not None for each in method.encoder.parameters() if each.requires_grad)
    with torch.no_grad():
        for parameter in method.encoder.parameters():
            parameter.add_(0.1)
    before, student = weights_of(method.teacher["encoder"]), weights_of(method.encoder)
    method.after_step(5, 20)
    m = momentum_at(0.996, 5, 20)
    for name, now in weights_of(method.teacher["encoder"]).items():
        assert torch.equal(now, m * before[name] + (1 - m) * student[name]), name


def test_the_optimiser_passes_over_the_teacher() -> None:
    """It would decay what has no gradient, too, were it given it."""
    method = method_of()
    optimiser = make_optimiser(method, OptimiserConfig(weight_decay=0.5))
    given = {id(each) for group in optimiser.param_groups for each in group["params"]}
    teacher = {id(each) for each in method.teacher.parameters()}
    assert teacher and not teacher & given
    assert given == {id(each) for each in method.parameters()} - teacher
    before, student = weights_of(method.teacher), weights_of(method.encoder)
    method(batch_of(method)).objective.backward()
    optimiser.step()
    assert all(torch.equal(now, before[name]) for name, now in method.teacher.state_dict().items())
    assert not all(torch.equal(now, student[name]) for name, now in method.encoder.state_dict().items())


def test_the_momentum_rises_to_one() -> None:
    rising = [momentum_at(0.9, step, 10) for step in range(11)]
    assert rising[0] == pytest.approx(0.9) and rising[5] == pytest.approx(0.95) and rising[10] == 1
    assert rising == sorted(rising)


def test_the_teacher_begins_as_a_student_that_was_given_weights() -> None:
    method = method_of()
    with torch.no_grad():
        for parameter in method.encoder.parameters():
            parameter.add_(1)
    assert not torch.equal(next(method.teacher["encoder"].parameters()), next(method.encoder.parameters()))
    method.after_start()
    for name, tensor in method.encoder.state_dict().items():
        assert torch.equal(method.teacher["encoder"].state_dict()[name], tensor)


def test_without_labels_and_queue_it_is_the_contrast_alone_bit_for_bit() -> None:
    method = method_of(weight=0.0, patches=0.0, queue=0)
    batch = batch_of(method)
    assert method.view.shown == ()
    losses = method(batch)
    masked = method.head, method.predictor
    from mmearth_core.encoder.masking import forward_masked
    from mmearth_core.pretraining.methods.comparisons.projection import pooled

    seen = pooled(forward_masked(method.encoder, batch["image"], batch["masked"], "batch"), batch["masked"])
    alone = info_nce(masked[1](masked[0](seen)), method._taught(batch), 0.2, batch["place"]).mean
    assert torch.equal(losses.objective, alone)
    with_labels = method_of()(batch_of(method_of()))
    assert with_labels.weights == {"contrast": 1.0, "soft": 1.0, "guidance_patches": 1.0}
    assert with_labels.parts["soft"].count > 0 and with_labels.parts["soft_similarity"].count > 0


def said(*rows: float) -> Said:
    values = torch.tensor(rows)[:, None]
    return Said(values, values.repeat(1, 2), values > 0, values.to(torch.int64))._replace(known=values[:, 0] > 0)


def test_the_queue_holds_the_newest_of_earlier_steps_only() -> None:
    queue = Queue(3, 1, 2)
    queue.add(said(1, 2)._replace(places=torch.tensor([1, 2])))
    assert len(queue.said().rows) == 0
    queue.commit()
    assert queue.said().rows[:, 0].tolist() == [1, 2]
    queue.add(said(3)._replace(places=torch.tensor([3])))
    queue.add(said(4)._replace(places=torch.tensor([4])))
    queue.commit()
    assert queue.said().rows[:, 0].tolist() == [2, 3, 4] and queue.said().places.tolist() == [2, 3, 4]
    queue.add(said(5, 6, 7, 8, 9)._replace(places=torch.arange(5)))
    queue.commit()
    assert queue.said().rows[:, 0].tolist() == [7, 8, 9]
    other = Queue(3, 1, 2)
    other.load_state_dict(queue.state_dict())
    assert other.said().rows[:, 0].tolist() == [7, 8, 9]


def test_a_look_is_told_from_the_queue_but_not_from_its_own_place_in_it() -> None:
    """Rows all alike lose the log of how many there are to choose from."""
    alike, places = torch.ones(3, 1), torch.tensor([0, 1, 2])
    with_queue = info_nce(alike, alike, 0.2, places, (torch.ones(4, 1), torch.tensor([0, 5, 6, 7])))
    # Forth: 3 of the batch and 4 (of its own place one less) of the queue; back: 3 of the batch.
    expected = np.log(6) + 2 * np.log(7) + 3 * np.log(3)
    assert with_queue.total.item() == pytest.approx(expected, rel=1e-6) and with_queue.count.item() == 6


def test_the_queue_is_used_while_training_alone() -> None:
    method = method_of()
    first, second = batch_of(method), batch_of(method, seed=1)
    method.eval()
    plain = method(first).objective
    method.train()
    method(second)
    method.after_step(1, 10)
    assert len(method.queue.said().rows) == 4
    assert method(first).parts["soft"].count == 4 * 7, "each with three others and four of the queue"
    method.eval()
    assert method(first).parts["soft"].count == 4 * 3
    assert plain.isfinite()


def test_labels_that_nobody_has_teach_nothing() -> None:
    method = method_of()
    batch = batch_of(method)
    for name in ("dynamic_world", "dynamic_world_again"):
        batch[name] = torch.full_like(batch[name], -1)
    parts = method(batch).parts
    assert parts["soft"].count == 0 and parts["guidance_patches"].count == 0
    method.zero_grad()
    method(batch).objective.backward()
    labelled = {name: each.grad for name, each in method.encoder.named_parameters()}
    bare = method_of(weight=0.0, patches=0.0)
    bare.load_state_dict({k: v for k, v in method.state_dict().items() if k in bare.state_dict()})
    bare(batch).objective.backward()
    for name, parameter in bare.encoder.named_parameters():
        assert torch.equal(parameter.grad, labelled[name]), name


def test_constants_are_what_looks_all_alike_lose() -> None:
    method = method_of()
    constants = method.eval().constant_losses(batch_of(method), {})
    assert constants["contrast"].mean.item() == pytest.approx(np.log(4), rel=1e-6)
    assert constants.keys() == {"contrast", "soft", "guidance_patches"}
    assert method.outputs == () and MODALITIES["dynamic_world"] in method.view.shown


def test_the_figure_tells_the_rank_correlation() -> None:
    method = method_of().eval()
    figure = method.figure(batch_of(method))
    assert figure is not None and "12 pairs" in figure.axes[0].get_title()
    assert method_of(weight=0.0).figure(batch_of(method)) is None


def test_a_moving_teacher_keeps_several_networks_by_name() -> None:
    teacher = MovingTeacher(0.5, one=torch.nn.Linear(2, 2), two=torch.nn.Linear(3, 1))
    assert [each.requires_grad for each in teacher.parameters()] == [False] * 4
    assert teacher["two"].in_features == 3
