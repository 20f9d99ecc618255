"""A worker that misbehaves as it is told, to see what its client makes of it. The real one is `mmearth_core.worker`."""

import argparse
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from fake_greeting import GREETING

lock = threading.Lock()


def say(**event):
    with lock:
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()


def beat():
    while True:
        time.sleep(0.1)
        say(event="heartbeat", memory=3 << 30, running=[])


def attempts(path):
    """How often this was asked for, this time included."""
    path = Path(path)
    count = int(path.read_text()) + 1 if path.exists() else 1
    path.write_text(str(count))
    return count


def flood(megabytes):
    """Garbage of all kinds, a line longer than the client takes, and words in between that look like events."""
    garbage = b"[INFO] tiles: 12 %\r\n{not json}\n\xff\xfe\x00\n\n[1, 2]\n{}\n" * 2000
    with lock:
        sys.stdout.buffer.write(b'{"event": "result", "id": 2, "result": {"x": "' + b"x" * (66 << 20) + b'"}}\n')
        for _ in range(megabytes * (1 << 20) // len(garbage)):
            sys.stdout.buffer.write(garbage)
        sys.stdout.flush()


def answer(number, verb, arguments):
    if verb == "die":
        if attempts(arguments["marker"]) <= arguments.get("times", 99):
            say(event="progress", id=number, done=1, total=2)
            sys.stderr.write("about to fall\n")
            sys.stderr.flush()
            if "code" in arguments:
                os._exit(arguments["code"])
            os.kill(os.getpid(), getattr(signal, arguments["signal"]))
            time.sleep(60)
    elif verb == "flood":
        flood(arguments["megabytes"])
    elif verb == "deaf":
        return  # never answers, not even a cancel
    elif verb == "close":
        os.close(1)
        return
    elif verb == "stderr":
        for _ in range(arguments["lines"]):
            sys.stderr.write("y" * 999 + "\n")
    elif verb == "nonsense":
        say(event="progress", id=77, done=1)
        say(event="result", id=77, result={})
        say(event="surprise", id=number)
        say(event="result", id=[number])
        say(event="error", kind="protocol", message="no id")
    elif verb == "fail":
        say(event="error", id=number, kind="internal", message="It failed.", traceback="Traceback …")
        return
    elif verb == "refuse":
        text = "The bands are not named; say what they are with `bands`."
        say(event="error", id=number, kind="input", message=text, about=["bands", "level"])
        return
    say(event="result", id=number, result={"verb": verb, "pid": os.getpid(), "size": len(str(arguments))})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--slow", type=float, default=0)
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--protocol", type=int, default=1)
    parser.add_argument("--exit", type=int)
    parser.add_argument("--mute", action="store_true", help="no heartbeats")
    parser.add_argument("--curt", action="store_true", help="greets without its tables")
    parser.add_argument("--unread", action="store_true", help="reads nothing after hello")
    options = parser.parse_args()
    if options.exit is not None:
        sys.stderr.write("ModuleNotFoundError: No module named 'mmearth_core'\n")
        sys.exit(options.exit)
    time.sleep(options.slow)
    if not options.mute:
        threading.Thread(target=beat, daemon=True).start()
    for line in sys.stdin:
        message = json.loads(line)
        if message.get("verb") == "quit":
            break
        if message.get("verb") == "hello":
            result = {**GREETING, "protocol": options.protocol, "version": options.version, "pid": os.getpid()}
            if options.curt:
                del result["classes"]
            say(event="result", id=message["id"], result=result)
            while options.unread:
                time.sleep(1)
        elif "id" in message:
            answer(message["id"], message["verb"], message["arguments"])


if __name__ == "__main__":
    main()
