/** One file on its way: by tus where it can be resumed, as a form where the server de-identifies what arrives. */

import { DetailedError, Upload } from "tus-js-client";
import { ApiError, api, apiUrl, csrfHeader } from "@/api/client";
import { t } from "@/i18n/text";

interface Hooks {
  onSent: (bytes: number) => void;
  onDone: () => void;
  onFailed: (why: string) => void;
}

const CHUNK = 64 << 20;
const RETRY_AFTER_MS = [500, 2_000, 5_000, 10_000, 30_000, 60_000];

export async function sendResumable(container: string, name: string, file: File, hooks: Hooks) {
  const upload = new Upload(file, {
    endpoint: apiUrl("/x/uploads"),
    chunkSize: CHUNK,
    retryDelays: RETRY_AFTER_MS,
    removeFingerprintOnSuccess: true,
    metadata: { container, filename: name },
    // The same file for the same container goes on where it stopped, after a reload too.
    fingerprint: async () => ["treadle", container, name, file.size, file.lastModified].join("|"),
    onBeforeRequest: (request) => {
      for (const [key, value] of Object.entries(csrfHeader())) request.setHeader(key, value);
    },
    onProgress: hooks.onSent,
    onSuccess: hooks.onDone,
    onError: (error) => {
      const told = refusal(error);
      if (told?.code === "ingest.not_resumable") void sendForm(container, name, file, hooks);
      else hooks.onFailed(told?.message ?? t("The server cannot be reached."));
    },
  });
  const before = await upload.findPreviousUploads();
  if (before[0]) upload.resumeFromPreviousUpload(before[0]);
  upload.start();
  return { abort: (forget: boolean) => void upload.abort(forget).catch(() => null) };
}

function refusal(error: Error): { code?: string; message?: string } | null {
  if (!(error instanceof DetailedError) || !error.originalResponse) return null;
  try {
    return JSON.parse(error.originalResponse.getBody());
  } catch {
    return {
      message: t("The server answered {status}.", { status: error.originalResponse.getStatus() }),
    };
  }
}

async function sendForm(container: string, name: string, file: File, hooks: Hooks): Promise<void> {
  const form = new FormData();
  form.append("file", file, name);
  try {
    await api.form(`/containers/${container}/files`, form);
    hooks.onDone();
  } catch (error) {
    hooks.onFailed(error instanceof ApiError ? error.message : String(error));
  }
}
