from .libraries import no_compiler_for_libraries

with no_compiler_for_libraries():
    import asyncssh as asyncssh
