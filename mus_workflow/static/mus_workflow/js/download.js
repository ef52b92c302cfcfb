/*
 * Shows how far a download is: <form data-mus-download data-mus-files="25">. The answer is a ZIP that is made while it is
 * sent; what is counted are the names of the files in its folder dialogues/ as they begin. Without this script the form sends
 * itself, and the browser takes the file.
 */

const SIGNATURE = [0x50, 0x4b, 0x03, 0x04]; // before each file of a ZIP
const NAME_AT = 30; // from the signature to the file's name
const FOLDER = new TextEncoder().encode("dialogues/");

/* Counts files of the folder in a stream of chunks; what a chunk ends in the middle of is looked at with the next one. */
function counter() {
  let rest = new Uint8Array();
  let count = 0;
  return (chunk) => {
    const bytes = new Uint8Array(rest.length + chunk.length);
    bytes.set(rest);
    bytes.set(chunk, rest.length);
    const last = bytes.length - NAME_AT - FOLDER.length;
    let place = bytes.indexOf(SIGNATURE[0]);
    for (; place !== -1 && place <= last; place = bytes.indexOf(SIGNATURE[0], place + 1)) {
      const begins = SIGNATURE.every((byte, at) => bytes[place + at] === byte);
      if (begins && FOLDER.every((byte, at) => bytes[place + NAME_AT + at] === byte)) count += 1;
    }
    rest = bytes.slice(Math.max(0, last + 1));
    return count;
  };
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function download(form) {
  const bar = form.querySelector("progress");
  const told = form.querySelector("[data-mus-download-count]");
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
  if (!answer.ok || answer.headers.get("Content-Type") !== "application/zip") return false;
  const count = counter();
  const chunks = [];
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    bar.value = count(value);
    told.textContent = bar.value;
  }
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition"))[1];
  save(new Blob(chunks, { type: "application/zip" }), name);
  return true;
}

for (const form of document.querySelectorAll("[data-mus-download]")) {
  const button = form.querySelector("button");
  const status = form.querySelector("[data-mus-download-status]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    status.textContent = "";
    form.querySelector("[data-mus-download-progress]").hidden = false;
    const arrived = await download(form).catch(() => false);
    status.textContent = arrived ? status.dataset.done : status.dataset.failed;
    button.disabled = false;
  });
}
