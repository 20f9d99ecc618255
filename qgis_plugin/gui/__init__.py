"""What the plugin shows: dock, panels, map tools, options."""
