/* Nothing is called from outside: the library is preloaded into a process, and stands in for libc's functions there. */
