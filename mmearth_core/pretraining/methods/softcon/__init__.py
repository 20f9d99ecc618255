"""SoftCon: looks at a tile agree, and looks at different tiles are as similar as their land cover is."""
