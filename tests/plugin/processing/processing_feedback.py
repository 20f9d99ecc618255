"""What an algorithm says while it runs."""

from qgis.core import QgsProcessingFeedback


class Feedback(QgsProcessingFeedback):
    """Keeps what is said; cancels itself when so many per cent are done."""

    def __init__(self, until=None):
        super().__init__(False)
        self.said, self.errors, self._until = [], [], until

    def pushInfo(self, info):
        self.said.append(info)

    def reportError(self, error, fatalError=False):  # noqa: ARG002
        self.errors.append(error)

    def setProgress(self, progress):
        if self._until is not None and progress > self._until:
            self.cancel()
