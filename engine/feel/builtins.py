"""The functions that an expression may call: FEEL's own, less those that read a clock or that the library lacks."""

BUILTINS = tuple(
    """
    abs; after; all; any; append; before; ceiling; coincides; concatenate; contains; context; context merge;
    context put; count; date; date and time; day of week; day of year; decimal; distinct values; duration; ends with;
    even; exp; flatten; floor; get entries; get value; index of; insert before; is; list contains; list replace; log;
    lower case; matches; max; mean; median; meets; met by; min; mode; modulo; month of year; not; number; odd; product;
    remove; replace; reverse; round down; round half down; round half up; round up; sort; split; sqrt; starts with;
    stddev; string; string join; string length; sublist; substring; substring after; substring before; sum; time;
    union; upper case; week of year; years and months duration; includes
    """.replace("\n", " ").split(";")
)
BUILTINS = tuple(" ".join(name.split()) for name in BUILTINS)
