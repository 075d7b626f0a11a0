import { ApiError, errorOf, networkError } from "@/api/errors";
import { currentToken, refreshSession } from "@/api/session";

import type { Upload } from "./api";

const PATH = "/api/v1/data/uploads";

interface UploadHooks {
  /** 0..1 of the bytes that left the browser. */
  onProgress: (fraction: number) => void;
  signal: AbortSignal;
}

/** Send a file. `fetch` cannot tell how much of a body has been sent, so this uses XMLHttpRequest. */
export async function sendFile(file: File, hooks: UploadHooks): Promise<Upload> {
  // A token that is about to expire would cost the whole upload again.
  if (currentToken() === null) await refreshSession();
  const first = await post(file, hooks);
  if (first.status !== 401 || !(await refreshSession())) return read(first);
  return read(await post(file, hooks));
}

async function read(response: Response): Promise<Upload> {
  if (!response.ok) throw await errorOf(response);
  return (await response.json()) as Upload;
}

function post(file: File, { onProgress, signal }: UploadHooks): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", PATH);
    const token = currentToken();
    if (token !== null) request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () =>
      resolve(new Response(request.responseText, { status: request.status, statusText: request.statusText, headers: { "Content-Type": request.getResponseHeader("Content-Type") ?? "" } }));
    request.onerror = () => reject(networkError(new Error(`The upload of ${file.name} was cut off`)));
    request.onabort = () => reject(new ApiError(0, "network", "aborted"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    const form = new FormData();
    form.append("file", file);
    request.send(form);
  });
}
