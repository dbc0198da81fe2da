// no source at all
