import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Node } from "./graph";

/** Leads to the page of a file version, a job or an analysis; works inside a picture, too. */
export function ThingLink({ node, children }: { node: Node; children: ReactNode }) {
  if (node.kind === "file")
    return (
      <Link to="/files/$f" params={{ f: node.file_id }} search={{ version: node.version }}>
        {children}
      </Link>
    );
  if (node.kind === "analysis")
    return (
      <Link to="/analyses/$a" params={{ a: node.id }}>
        {children}
      </Link>
    );
  return (
    <Link to="/jobs/$j" params={{ j: node.kind === "bundle" ? node.job : node.id }}>
      {children}
    </Link>
  );
}
