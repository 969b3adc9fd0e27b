/** The product's mark: a wheel, its crank and the pedal that drives it. */
export function Logo({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#4451c9" />
      <circle cx="18" cy="13" r="7.5" stroke="#fff" strokeWidth="2.4" />
      <circle cx="18" cy="13" r="1.9" fill="#fff" />
      <path d="M18 13 11.5 24.5M6 26.2l17-3.6" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" />
    </svg>
  );
}
