"""One line an event: words, then fields. Never a name, a number, a token, a text or an exact position."""

import logging
import logging.config
from typing import Any

LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"


class StackOnly(logging.Formatter):
    """Where it failed and as what, without the values: an error's own words may repeat what a resident wrote."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler may have left its own, with the values, for us to repeat
        return super().format(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802  # the name is logging's
        kind, _, trace = ei
        lines = [f"  {kind.__name__ if kind else 'error'}"]
        while trace is not None:
            code = trace.tb_frame.f_code
            lines.append(f"  {code.co_filename}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        return "\n".join(lines)


def configure_logs(level: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(StackOnly(LINE))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for loud in ("uvicorn", "google", "urllib3", "httpx"):
        logging.getLogger(loud).setLevel("WARNING")
