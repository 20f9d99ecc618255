"""Small widgets and manners that all panels share."""
