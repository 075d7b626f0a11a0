export { defineTexts, type English, type Texts, type Translate, type Values } from "./texts";
