"""The guide in a window of QGIS: read offline, in QGIS' own colours, whatever web browser there is or is not."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt, QTimer, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QFont, QFontInfo, QImage, QResizeEvent, QTextDocument
from qgis.PyQt.QtWidgets import QDialog, QHBoxLayout, QLabel, QTextBrowser, QToolButton, QVBoxLayout, QWidget

from ...core import guide


class Pages(QTextBrowser):
    """Shows pages of the guide, pictures as wide as there is room for; other addresses open in the web browser."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guidePages")
        self.setOpenLinks(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # the room does not depend on the page
        typed = QFont("monospace")  # what a platform calls its fixed font has not always a fixed pitch
        typed.setStyleHint(QFont.StyleHint.Monospace)
        self.document().setDefaultStyleSheet(
            "td, th { padding: 3px 10px 3px 0px; text-align: left }"
            f" pre, code {{ font-family: '{QFontInfo(typed).family()}' }} pre {{ white-space: pre-wrap }}"
        )
        self._fit = QTimer(self)
        self._fit.setSingleShot(True)
        self._fit.timeout.connect(self._fit_pictures)
        self.anchorClicked.connect(self.show_page)
        self._width = 0
        self._landed = 0  # where the heading that was asked for is, until somebody scrolls

    def show_page(self, url: QUrl) -> None:
        """Go to an address, here if it is a file of the guide, at its heading."""
        whole = self.source().resolved(url)
        if whole.isLocalFile() and whole.toLocalFile().startswith(str(guide.FOLDER)):
            self.setSource(whole)
            if whole.hasFragment():
                self.scrollToAnchor(whole.fragment())  # also when it is the page that is there already
            self._landed = self.verticalScrollBar().value()
        else:
            QDesktopServices.openUrl(whole)

    def loadResource(self, kind: int, name: QUrl) -> object:
        """Pictures fit; the style sheet is for web browsers."""
        if kind == int(QTextDocument.ResourceType.StyleSheetResource):
            return ""
        found = super().loadResource(kind, name)
        if kind == int(QTextDocument.ResourceType.ImageResource):
            picture = QImage.fromData(found) if found else QImage()
            room = self._room()
            if picture.width() > room:
                return picture.scaledToWidth(room, Qt.TransformationMode.SmoothTransformation)
            return picture
        return found

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the pictures anew, but not now: a page is resized while it is being loaded, too."""
        super().resizeEvent(event)
        self._fit.start(0)

    def _fit_pictures(self) -> None:
        """Lay the page out for the room that there is, and stay at the heading, or at the place that is read."""
        if self._room() == self._width or self.source().isEmpty():
            return
        self._width = self._room()
        bar = self.verticalScrollBar()
        share = bar.value() / max(1, bar.maximum())
        scrolled = bar.value() != self._landed
        self.document().clear()
        self.reload()  # which goes to the heading
        if scrolled:
            bar.setValue(round(share * bar.maximum()))
        else:
            self._landed = bar.value()

    def _room(self) -> int:
        margins = 2 * int(self.document().documentMargin()) + int(self.document().indentWidth())  # that of a list
        return max(100, self.viewport().width() - margins - 4)


class GuideWindow(QDialog):
    """One window for all pages; it stays open beside the work."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guideWindow")
        self.setWindowTitle(self.tr("MMEarth: guide"))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint, True)
        self.pages = Pages(self)
        self._back = self._button("guideBack", "mActionArrowLeft", self.tr("To the page before"))
        self._forward = self._button("guideForward", "mActionArrowRight", self.tr("To the page you came back from"))
        start = self._button("guideStart", "mActionHelpContents", self.tr("To the beginning of the guide"))
        outside = QToolButton(self)
        outside.setObjectName("guideOutside")
        outside.setText(self.tr("Open in web browser"))
        outside.setToolTip(self.tr("The same page in your web browser, to print or to keep it beside QGIS"))
        self._back.clicked.connect(self.pages.backward)
        self._forward.clicked.connect(self.pages.forward)
        start.clicked.connect(lambda: self.show_place("qgis", ""))
        outside.clicked.connect(lambda: QDesktopServices.openUrl(self.pages.source()))
        self.pages.historyChanged.connect(self._show_ways)
        language = QLabel(self.tr("This page is in English."), self)
        language.setObjectName("guideLanguage")
        self.pages.sourceChanged.connect(lambda url: language.setVisible(guide.is_foreign(url)))
        row = QHBoxLayout()
        for widget in (self._back, self._forward, start, language):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(outside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addLayout(row)
        layout.addWidget(self.pages, 1)
        self._show_ways()
        self.resize(720, 640)

    def show_place(self, page: str, heading: str) -> None:
        """Show a page at a heading, in front; where the plugin has no guide of its own, in the web browser."""
        url = guide.page(page, heading)
        if not url.isLocalFile():
            QDesktopServices.openUrl(url)
            return
        self.show()
        self.raise_()
        self.activateWindow()
        self.pages.show_page(url)

    def _button(self, name: str, image: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setIcon(QgsApplication.getThemeIcon(f"/{image}.svg"))
        button.setToolTip(tip)
        button.setAutoRaise(True)
        return button

    def _show_ways(self) -> None:
        self._back.setEnabled(self.pages.isBackwardAvailable())
        self._forward.setEnabled(self.pages.isForwardAvailable())
