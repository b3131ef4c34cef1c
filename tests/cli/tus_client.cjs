// Brings a file with the unmodified tus-js-client, breaks off in the middle, and goes on. Settings are the first argument, in JSON.
const fs = require('fs');
const path = require('path');

const settings = JSON.parse(process.argv[2]);
const tus = require(path.join(settings.modules, 'tus-js-client'));

function bring(chunkSize, name) {
  return new Promise((resolve, reject) => {
    let interrupted = false;
    const upload = new tus.Upload(fs.createReadStream(settings.file), {
      endpoint: settings.endpoint,
      headers: settings.headers,
      chunkSize,
      uploadSize: fs.statSync(settings.file).size,
      metadata: {filename: name, filetype: 'application/octet-stream'},
      retryDelays: [0, 500, 1000, 3000, 5000, 10000],
      onError: reject,
      onSuccess: () => resolve(upload.url),
      onProgress(sent, total) {
        if (interrupted || sent < total / 2) return;
        interrupted = true;
        upload.abort().then(() => upload.start(), reject);
      },
    });
    upload.start();
  });
}

(async () => {
  await bring(Infinity, 'whole.bin');
  await bring(3_000_000, 'pieces.bin');
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
