"""What the tests of the algorithms share: they run as Processing runs them, with a real worker."""

import gc
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from processing_feedback import Feedback
from qgis.core import QgsApplication, QgsProcessingContext, QgsProject


@pytest.fixture
def provider(client, qgis_new_project):
    from qgis_plugin.provider import Provider

    provider = Provider(lambda: client)
    QgsApplication.processingRegistry().addProvider(provider)
    yield provider
    QgsApplication.processingRegistry().removeProvider(provider)
    gc.collect()  # what refers to itself must go before QGIS does


@pytest.fixture
def run(provider):
    """Runs a verb as Processing does; returns its results."""

    def run(verb, feedback=None, context=None, **parameters):
        context, feedback = context or QgsProcessingContext(), feedback or Feedback()
        context.setProject(QgsProject.instance())
        algorithm = provider.algorithm(verb).create()
        fine, sentence = algorithm.checkParameterValues(parameters, context)
        assert fine, sentence
        results, fine = algorithm.run(parameters, context, feedback)
        assert fine, feedback.errors
        return results

    return run


@pytest.fixture
def refusal(provider):
    """The sentence by which a verb refuses parameters before it runs; empty when it takes them."""

    def refusal(verb, **parameters):
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        algorithm = provider.algorithm(verb).create()
        fine, sentence = algorithm.checkParameterValues(parameters, context)
        return "" if fine else sentence

    return refusal


@pytest.fixture
def failure(provider):
    """The sentence by which a verb fails while it runs."""

    def failure(verb, **parameters):
        feedback = Feedback()
        algorithm = provider.algorithm(verb).create()
        results, fine = algorithm.run(parameters, QgsProcessingContext(), feedback)
        assert not fine and not results
        return feedback.errors[0]

    return failure
