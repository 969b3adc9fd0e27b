"""The modules in `sdk/` run inside the SDKs' own environments, never in this one."""

collect_ignore = ["sdk"]
