import { useIntersection } from "@mantine/hooks";
import { GlobalWorkerOptions, getDocument, type PDFDocumentProxy } from "pdfjs-dist";
import worker from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import { useEffect, useRef, useState } from "react";
import { t } from "@/i18n/text";
import { Loading } from "@/ui/Loading";
import { Message } from "@/ui/Message";
import type { PreviewProps } from "./content";
import classes from "./Preview.module.css";

GlobalWorkerOptions.workerSrc = worker;
const WIDTH = 900;

/** A PDF, page below page; a page is drawn when it comes into view. */
export function PdfView({ file }: PreviewProps) {
  const [document, setDocument] = useState<PDFDocumentProxy | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const task = getDocument({ url: file.url, enableXfa: false });
    task.promise.then(setDocument, (error: Error) => setProblem(error.message));
    return () => void task.destroy();
  }, [file.url]);
  if (problem !== null) {
    return (
      <Message title={t("This PDF cannot be shown")} alert>
        {problem}
      </Message>
    );
  }
  if (!document) return <Loading label={t("Loading the PDF")} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className={classes.pages} tabIndex={0} aria-label={file.name}>
      {Array.from({ length: document.numPages }, (_, at) => at + 1).map((number) => (
        <PdfPage key={number} document={document} number={number} />
      ))}
    </section>
  );
}

function PdfPage({ document, number }: { document: PDFDocumentProxy; number: number }) {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  const { ref, entry } = useIntersection({ rootMargin: "400px" });
  const near = entry?.isIntersecting ?? false;
  const [words, setWords] = useState("");
  const drawn = useRef(false);
  useEffect(() => {
    if (!near || drawn.current || !canvas.current) return;
    drawn.current = true;
    const target = canvas.current;
    const draw = async () => {
      const page = await document.getPage(number);
      const scale = WIDTH / page.getViewport({ scale: 1 }).width;
      const viewport = page.getViewport({ scale });
      target.width = viewport.width;
      target.height = viewport.height;
      await page.render({ canvas: target, viewport }).promise;
      target.dataset.drawn = "true";
      const { items } = await page.getTextContent();
      setWords(items.map((item) => ("str" in item ? item.str : "")).join(" "));
    };
    draw().catch(() => {
      drawn.current = false;
    });
  }, [near, document, number]);
  return (
    <div ref={ref}>
      <canvas
        ref={canvas}
        width={WIDTH}
        height={Math.round(WIDTH * Math.SQRT2)}
        role="img"
        aria-label={t("Page {number} of {total}", { number, total: document.numPages })}
      />
      <p className="visually-hidden">{words}</p>
    </div>
  );
}
