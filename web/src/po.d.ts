declare module "*.po" {
  const catalogue: import("./i18n/language").Catalogue;
  export default catalogue;
}
