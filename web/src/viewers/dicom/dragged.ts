/** The kind of what is dragged from the list of series into a cell. */
export const DRAGGED = "application/x-treadle-series";
