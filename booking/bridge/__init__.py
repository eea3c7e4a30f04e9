"""Between the broker and the log: what devices publish is kept, plugs are told to switch."""
