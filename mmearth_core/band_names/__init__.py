"""Which band is which: names and wavelengths as processors, archives and missions write them. Pure, no files."""
