"""The worker as a process: started, asked, watched and ended; its answers on the main thread."""
