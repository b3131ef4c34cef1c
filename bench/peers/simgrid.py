"""SimGrid: the queue of simgrid_fifo.cpp, built against Debian's library."""

import json
import subprocess
from pathlib import Path


class Simgrid:
    """Builds the program in `folder`. Debian's package of headers wants another Boost than ours beside it, so it is unpacked
    instead of installed; the library itself (libsimgrid3.32) is installed."""

    def __init__(self, folder: Path):
        folder.mkdir()
        subprocess.run(["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", "libsimgrid-dev"], cwd=folder, check=True)
        subprocess.run(["dpkg-deb", "-x", next(folder.glob("libsimgrid-dev_*.deb")).name, "package"], cwd=folder, check=True)
        library = next(Path("/usr/lib").rglob("libsimgrid.so.*"))
        self.program = folder / "simgrid_fifo"
        subprocess.run(["g++", "-std=c++17", "-O2", "-w", f"-I{folder / 'package/usr/include'}",
                        str(Path(__file__).with_name("simgrid_fifo.cpp")), str(library), "-o", str(self.program)], check=True)

    def simulate(self, trace: Path, gpu_count: int) -> dict:
        """{"jobs", "mean_wait_s", "elapsed_s", "jobs_per_s"}."""
        # Its own advice for many small actors: little stacks without guard pages.
        tuned = ["--cfg=contexts/stack-size:64", "--cfg=contexts/guard-size:0", "--log=root.threshold:error"]
        finished = subprocess.run([str(self.program), str(trace), str(gpu_count), *tuned], check=True, stdout=subprocess.PIPE,
                                  text=True)
        return json.loads(finished.stdout)
