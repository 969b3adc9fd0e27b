import { saveBlob } from "@/api/download";

const KEPT = ["fill", "stroke", "stroke-width", "font-family", "font-size", "font-weight", "rx"];

/** The picture as a file that looks the same elsewhere: styles written into it, links left out. */
export function saveSvg(picture: SVGSVGElement, name: string): void {
  const copy = picture.cloneNode(true) as SVGSVGElement;
  const twins = copy.querySelectorAll("*");
  picture.querySelectorAll("*").forEach((element, index) => {
    const style = getComputedStyle(element);
    const twin = twins[index];
    for (const property of KEPT) twin?.setAttribute(property, style.getPropertyValue(property));
    for (const property of ["href", "class"]) twin?.removeAttribute(property);
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("style", `background: ${getComputedStyle(document.body).backgroundColor}`);
  saveBlob(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }), name);
}
