/*
 * The format of the evidence (docs/evidence-format.md) for a browser: written apart from the Python, to be measured by the
 * same vectors. `computed(vectors)` gives what each vector of evidence-1.json should expect.
 */

const utf8 = (text) => new TextEncoder().encode(text);
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const bytesOf64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()));
}

function bigEndian(number, length) {
  const bytes = new Uint8Array(length);
  for (let place = length - 1, rest = BigInt(number); place >= 0; place -= 1, rest >>= 8n) bytes[place] = Number(rest & 255n);
  return bytes;
}

/* RFC 8785 for values without fractions. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const fields = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${fields.join(",")}}`;
}

export async function commitment({ salt, payload }) {
  return hexOf(await sha256(utf8("mus/commit/v1\0"), bytesOf(salt), utf8(payload)));
}

export async function link({ header, commitment: committed, previous }) {
  const covered = utf8(canonical(header));
  const parts = [bigEndian(covered.length, 4), covered, bytesOf(committed), bytesOf(previous)];
  return hexOf(await sha256(utf8("mus/ledger/v1\0"), ...parts));
}

const node = (left, right) => sha256(Uint8Array.of(1), left, right);

/* RFC 9162, 2.1.1, as it is defined: the left subtree has the largest power of two below the number of leaves. */
async function tree(leaves) {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0];
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return node(await tree(leaves.slice(0, half)), await tree(leaves.slice(half)));
}

export async function root(heads) {
  const leaf = ([chain, n, end]) =>
    sha256(Uint8Array.of(0), bytesOf(chain.replaceAll("-", "")), bigEndian(n, 8), bytesOf(end));
  return hexOf(await tree(await Promise.all(heads.map(leaf))));
}

/* RFC 9162, 2.1.3.2, step by step. */
export async function inclusion({ leaf, index, size, path, root: expected }) {
  if (index >= size) return false;
  let fn = index;
  let sn = size - 1;
  let r = bytesOf(leaf);
  for (const p of path.map(bytesOf)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      r = await node(p, r);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else {
      r = await node(r, p);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && hexOf(r) === expected;
}

export async function note({ note: text, key }) {
  const end = text.lastIndexOf("\n\n");
  const signed = text.slice(0, end + 1);
  const [, chains, rootText, number] = signed.split("\n");
  const said = { number: Number(number.split(" ")[1]), chains: Number(chains), root: hexOf(bytesOf64(rootText)) };
  return { ...said, signed: await isSigned(signed, text.slice(end + 2), key) };
}

async function isSigned(text, lines, key) {
  const [, name, keyId, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(key);
  const raw = bytesOf64(encoded).slice(1);
  const checker = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  for (const line of lines.trimEnd().split("\n")) {
    const [, signer, data] = line.split(" ");
    const bytes = bytesOf64(data);
    if (signer !== name || hexOf(bytes.slice(0, 4)) !== keyId) continue;
    if (await crypto.subtle.verify("Ed25519", checker, bytes.slice(4), utf8(text))) return true;
  }
  return false;
}

const KINDS = { canonical, commitment, link, root, inclusion, note };

export async function computed(vectors) {
  return Promise.all(vectors.map(({ kind, given }) => KINDS[kind](given)));
}
