import { useInViewport } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { apiUrl } from "@/api/client";
import { instancesQuery } from "@/api/queries";
import classes from "./SeriesThumb.module.css";
import type { Series } from "./useSeries";

/** The middle image of a series, small; drawn when it first comes into view. */
export function SeriesThumb({ series }: { series: Series }) {
  const { ref, inViewport } = useInViewport<HTMLSpanElement>();
  const [seen, setSeen] = useState(false);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (inViewport) setSeen(true);
  }, [inViewport]);
  const { fileId, version } = series;
  const { data } = useQuery({
    ...instancesQuery(fileId, version),
    enabled: seen,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    if (!data || !canvas.current) return;
    const target = canvas.current;
    const address = (sop: string) =>
      window.location.origin + apiUrl(`/x/files/${fileId}/instances/${sop}`, { version });
    void import("@/viewers/dicom/thumbnail").then(({ drawThumbnail }) =>
      drawThumbnail(target, data, address),
    );
  }, [data, fileId, version]);
  return (
    <span ref={ref} className={classes.thumb} aria-hidden="true">
      <canvas ref={canvas} width={112} height={112} />
    </span>
  );
}
