"""Pure rules of counting and judging: frozen values in, frozen values out, no database, no clock, no Slack."""
