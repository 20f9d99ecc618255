"""What the plugin does, without a widget: worker, environment, live map, sample layer, cache."""
