"""How QGIS is told to draw a raster: a `.qml` file beside it. Knows the frame, never what is drawn."""


def raster_style(renderer: str) -> str:
    """A QGIS style for a raster (`.qml`), around a `<rasterrenderer>` element."""
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        f'<qgis version="3.22.0" styleCategories="Symbology">\n  <pipe>\n{renderer}'
        '    <brightnesscontrast brightness="0" contrast="0" gamma="1"/>\n'
        '    <huesaturation saturation="0" grayscaleMode="0"/>\n'
        '    <rasterresampler maxOversampling="2"/>\n  </pipe>\n</qgis>\n'
    )
