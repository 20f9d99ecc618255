"""Our encoders in the forms that other libraries load: timm (and so torchgeo's trainers), and torchgeo-bench."""
