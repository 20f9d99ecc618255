"""What a worker says of itself, in short: few colours, few words. The real greeting is the core's."""

GREETING = {
    "protocol": 1,
    "version": "0.1.0",
    "python": "3.11.0",
    "pid": 4711,
    "processors": 2,
    "lanes": {"embed": "work", "classify": "work", "preview": "live", "info": "live", "validate": "check"},
    "classes": {
        "last_value": 254,
        "unknown": {"value": 255, "name": "unknown", "colour": "#404040"},
        "palette": ["#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#332288"],
        "conventions": [
            {"colour": "#0072b2", "words": ["water", "sea", "lake"]},
            {"colour": "#009e73", "words": ["forest", "tree", "trees"]},
            {"colour": "#d55e00", "words": ["built", "urban", "buildings"]},
            {"colour": "#f0e442", "words": ["grass", "meadow"]},
            {"colour": "#e69f00", "words": ["crop", "crops", "field"]},
            {"colour": "#56b4e9", "words": ["snow", "ice", "marsh"]},
            {"colour": "#cc79a7", "words": ["bare", "soil"]},
        ],
        "land_cover": ["water", "forest", "grass", "crop", "built", "bare"],
    },
    "confidence": [[0.0, "#00224e"], [0.5, "#7c7b78"], [1.0, "#fee838"]],
}
