#!/usr/bin/env python3
"""What it costs a question to go through the marketplace; prints JSON lines.

The time to the first piece of a stream is measured in turns, directly at a model server and through Orrery, which
registers that server as a node's endpoint and stores every question before it shows anything. Then many streams
run at once, and every piece of each must be there once and in order.
"""

import argparse
import asyncio
import http.client
import json
import socket
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))
from orrery_server import Server  # noqa: E402

PIECE_COUNT = 100
# Between a question and its first piece, and between two pieces: a fast model.
THINKING_S, PIECE_S = 0.02, 0.02


def event(piece):
    data = b"data: " + json.dumps({"choices": [{"delta": {"content": piece}}]}).encode() + b"\n\n"
    return b"%x\r\n%s\r\n" % (len(data), data)


async def write_answer(writer, question):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    for index in range(PIECE_COUNT):
        await asyncio.sleep(THINKING_S if index == 0 else PIECE_S)
        writer.write(event(f"{question}:{index} "))
        await writer.drain()
    writer.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
    await writer.drain()


async def serve_model(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            size = int(head.split("content-length:")[1].split("\r\n")[0]) if "content-length:" in head else 0
            body = json.loads(await reader.readexactly(size)) if size else None
            if body is None:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"data\":[]}")
            else:
                await write_answer(writer, body["messages"][0]["content"])
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


def start_model():
    """The port of a model server on a thread of its own."""
    started, ports = threading.Event(), []

    async def run():
        server = await asyncio.start_server(serve_model, "127.0.0.1", 0, backlog=1024)
        ports.append(server.sockets[0].getsockname()[1])
        started.set()
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(run()), daemon=True).start()
    started.wait()
    return ports[0]


def post(server, path, body, token=None):
    connection = http.client.HTTPConnection(*server.address, timeout=30)
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Token {token}"
    connection.request("POST", path, json.dumps(body), headers)
    answer = connection.getresponse()
    parsed = json.loads(answer.read())
    if answer.status != 201:
        raise AssertionError(parsed)
    return parsed


def sign_up(server, name):
    return post(server, "/client/register/", {"username": name, "email": f"{name}@example.org", "password": "correct-horse-7",
                                              "confirm_password": "correct-horse-7", "terms_accepted": True})


def register_node(server, provider, model_port):
    machine = {"user": provider["user_id"], "model_name": "bench", "gpu_info": "none", "cpu_name": "x", "cpu_core": 4,
               "cpu_frequency": 2000, "total_memory": 16, "total_swap": 0, "ram": 16, "os_name": "Linux", "os_version": "6",
               "endpoint": f"http://127.0.0.1:{model_port}"}
    post(server, "/llm_models/register/", machine, provider["token"])


def request_of(path, body, token=""):
    text = json.dumps(body)
    authorization = f"Authorization: Token {token}\r\n" if token else ""
    return (f"POST {path} HTTP/1.1\r\nHost: bench\r\n{authorization}Content-Type: application/json\r\n"
            f"Content-Length: {len(text)}\r\n\r\n{text}").encode()


def first_piece_ms(address, request):
    with socket.create_connection(address) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        started, received = time.perf_counter(), b""
        connection.sendall(request)
        while b"q:0 " not in received:
            received += connection.recv(65536)
        return (time.perf_counter() - started) * 1000


def measure_first_piece(server, model_port, asker, rounds):
    ours = request_of("/inference/stream/", {"client": asker["user_id"], "question_text": "q", "desired_model": "bench"},
                      asker["token"])
    direct = request_of("/v1/chat/completions", {"model": "bench", "messages": [{"role": "user", "content": "q"}]})
    times = {"direct": [], "ours": []}
    for _ in range(rounds):
        times["direct"].append(first_piece_ms(("127.0.0.1", model_port), direct))
        times["ours"].append(first_piece_ms(server.address, ours))
    p50 = {way: statistics.median(values) for way, values in times.items()}
    p95 = {way: sorted(values)[int(len(values) * 0.95)] for way, values in times.items()}
    return {"bench": "first piece of a stream", "unit": "ms added at p50", "measured": round(p50["ours"] - p50["direct"], 3),
            "p50_ms": round(p50["ours"], 3), "p95_ms": round(p95["ours"], 3), "direct_p50_ms": round(p50["direct"], 3),
            "direct_p95_ms": round(p95["direct"], 3)}


async def read_stream(address, asker, question):
    """Whether every piece came once and in order, and then a good end."""
    reader, writer = await asyncio.open_connection(*address)
    body = {"client": asker["user_id"], "question_text": question, "desired_model": "bench"}
    writer.write(request_of("/inference/stream/", body, asker["token"]))
    await reader.readuntil(b"\r\n\r\n")
    text = b""
    while True:
        size = int(await reader.readline(), 16)
        text += (await reader.readexactly(size + 2))[:-2]
        if size == 0:
            break
    writer.close()
    lines = [json.loads(line) for line in text.decode().splitlines()]
    pieces = [line["token"] for line in lines[:-1] if line["token"]]
    return pieces == [f"{question}:{index} " for index in range(PIECE_COUNT)] and "error" not in lines[-1]


def measure_streams(server, asker, count):
    async def run():
        return await asyncio.gather(*(read_stream(server.address, asker, f"q{index}") for index in range(count)))

    started = time.perf_counter()
    whole = sum(asyncio.run(run()))
    span = time.perf_counter() - started
    if whole != count:
        raise AssertionError(f"{count - whole} of {count} streams lost or doubled a piece")
    return {"bench": "streams at once", "unit": "pieces/s", "measured": round(count * PIECE_COUNT / span), "streams": count,
            "seconds": round(span, 2), "model_alone_s": round(THINKING_S + (PIECE_COUNT - 1) * PIECE_S, 2)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--streams", type=int, default=200)
    arguments = parser.parse_args()
    model_port = start_model()
    with tempfile.TemporaryDirectory(prefix="orrery-streams-") as folder:
        server = Server(arguments.binary, Path(folder) / "data", "--gpushare-endpoints", "anywhere",
                        "--gpushare-approve-providers", "at_once")
        server.start()
        try:
            asker, provider = sign_up(server, "asker"), sign_up(server, "provider")
            register_node(server, provider, model_port)
            first_piece_ms(server.address, request_of("/inference/stream/", {
                "client": asker["user_id"], "question_text": "q", "desired_model": "bench"}, asker["token"]))
            print(json.dumps(measure_first_piece(server, model_port, asker, arguments.rounds)))
            print(json.dumps(measure_streams(server, asker, arguments.streams)))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
