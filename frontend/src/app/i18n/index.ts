export { defineTexts, type Texts, type Translate, type Values } from "./texts";
