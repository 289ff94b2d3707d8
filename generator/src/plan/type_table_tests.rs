//! Unions and cycles of types.

use expect_test::{Expect, expect};
use serde_json::json;

use super::super::declared_type::Types;
use super::super::test_support::span;
use super::super::types::{RustType, Shape};
use crate::diagnostic::Diagnostics;
use crate::model::{ArgumentType, DeclaredArgument, DeclaredModel, Json, ModelShape};

fn field_of(name: &str, ty: ArgumentType, default: Option<Json>) -> DeclaredArgument {
    DeclaredArgument { default, ..DeclaredArgument::required(name, span(), ty) }
}

fn model(name: &str, fields: Vec<DeclaredArgument>) -> DeclaredModel {
    let shape = ModelShape::Fields(fields);
    DeclaredModel { span: span(), name: name.to_owned(), description: None, shape }
}

fn named(name: &str) -> ArgumentType {
    ArgumentType::Model(name.to_owned())
}

fn literal(value: &str) -> ArgumentType {
    ArgumentType::Literal(vec![value.into()])
}

/// The field `it` of the model `Holder` beside these models.
fn check(models: Vec<DeclaredModel>, ty: ArgumentType, expected: &Expect) {
    let mut models = models;
    models.push(model("Holder", vec![field_of("it", ty, None)]));
    let mut diagnostics = Diagnostics::default();
    let items = Types::new(&models, &mut diagnostics).finish();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let holder = items.iter().find(|item| item.name == "Holder").expect("it is there");
    let Shape::Struct(fields) = &holder.shape else { panic!("a struct") };
    let union = match &fields[0].ty {
        RustType::Model(name) => items.iter().find(|item| item.name == *name),
        _ => None,
    };
    let shown = match union.map(|item| (&item.name, &item.shape)) {
        Some((name, Shape::Union(variants))) => format!("{name}: {variants:?}"),
        _ => format!("{:?}", fields[0].ty),
    };
    expected.assert_eq(&shown);
}

#[test]
fn objects_are_told_apart_or_are_values() {
    let plain = |name: &str, fields: &[&str]| {
        model(name, fields.iter().map(|it| field_of(it, ArgumentType::Int, None)).collect())
    };
    let either = || ArgumentType::Union(vec![named("A"), named("B")]);
    check(
        vec![plain("A", &["x"]), plain("B", &["x", "y"])],
        either(),
        &expect![[r#"AOrB: [("B", Model("B")), ("A", Model("A"))]"#]],
    );
    check(vec![plain("A", &["x"]), plain("B", &["x"])], either(), &expect!["Value"]);
    let open = model("B", vec![field_of("z", ArgumentType::Int, Some(json!(1)))]);
    check(
        vec![plain("A", &["x"]), open],
        either(),
        &expect![[r#"AOrB: [("A", Model("A")), ("B", Model("B"))]"#]],
    );
    let kind = |name: &str, kind: &str| {
        model(
            name,
            vec![field_of("kind", literal(kind), None), field_of("n", ArgumentType::Int, None)],
        )
    };
    check(
        vec![kind("A", "a"), kind("B", "b")],
        either(),
        &expect![[r#"AOrB: [("A", Model("A")), ("B", Model("B"))]"#]],
    );
    check(vec![kind("A", "a"), kind("B", "a")], either(), &expect!["Value"]);
}

#[test]
fn scalars_are_asked_from_narrow_to_wide() {
    let union = |parts: &[ArgumentType]| ArgumentType::Union(parts.to_vec());
    check(
        Vec::new(),
        union(&[ArgumentType::Float, ArgumentType::Int]),
        &expect![[r#"NumberOrInteger: [("Integer", Integer), ("Number", Number)]"#]],
    );
    check(
        Vec::new(),
        union(&[ArgumentType::Str, literal("auto")]),
        &expect![[r#"TextOrHolderIt: [("HolderIt", Model("HolderIt")), ("Text", Text)]"#]],
    );
    check(Vec::new(), union(&[ArgumentType::Str, ArgumentType::Any]), &expect!["Value"]);
    check(
        Vec::new(),
        union(&[ArgumentType::Int, ArgumentType::None]),
        &expect!["Optional(Integer)"],
    );
}

#[test]
fn types_that_hold_themselves_are_boxed_where_they_close_the_circle() {
    let optional = |name: &str| ArgumentType::Union(vec![named(name), ArgumentType::None]);
    let models = vec![
        model("A", vec![field_of("b", named("B"), None)]),
        model(
            "B",
            vec![
                field_of("a", optional("A"), Some(Json::Null)),
                field_of("list", ArgumentType::List(Box::new(named("A"))), None),
                field_of("c", named("C"), None),
            ],
        ),
        model("C", vec![field_of("x", ArgumentType::Int, Some(json!(7)))]),
    ];
    let items = Types::new(&models, &mut Diagnostics::default()).finish();
    let shown: Vec<String> = items
        .iter()
        .flat_map(|item| match &item.shape {
            Shape::Struct(fields) => fields.as_slice(),
            _ => &[],
        })
        .map(|field| format!("{} {:?} {:?}", field.name, field.ty, field.absent))
        .collect();
    expect![[r#"
        b Boxed(Model("B")) Refused
        a Optional(Boxed(Model("A"))) None
        list List(Model("A")) Refused
        c Model("C") Refused
        x Integer Value(Integer(7))"#]]
    .assert_eq(&shown.join("\n"));
}

#[test]
fn texts_of_formats_are_told_apart_or_are_values() {
    use ArgumentType::{Bytes, Date, DateTime, Int, Path, Str, TimeDelta, Uuid};
    let union = |parts: &[ArgumentType]| ArgumentType::Union(parts.to_vec());
    check(
        vec![],
        union(&[Str, DateTime, TimeDelta]),
        &expect![[
            r#"TextOrDateTimeOrDuration: [("DateTime", Formatted(DateTime)), ("Duration", Formatted(Duration)), ("Text", Text)]"#
        ]],
    );
    check(
        vec![],
        union(&[Date, Uuid]),
        &expect![[r#"DateOrUuid: [("Date", Formatted(Date)), ("Uuid", Formatted(Uuid))]"#]],
    );
    check(
        vec![],
        union(&[Int, Bytes]),
        &expect![[r#"IntegerOrBase64: [("Integer", Integer), ("Base64", Formatted(Base64))]"#]],
    );
    // Any text is a path, and many texts are base64.
    check(vec![], union(&[Path, Str]), &expect!["Value"]);
    check(vec![], union(&[Path, Date]), &expect!["Value"]);
    check(vec![], union(&[Bytes, Uuid]), &expect!["Value"]);
    let list = |ty: ArgumentType| ArgumentType::List(Box::new(ty));
    check(vec![], union(&[list(Bytes), list(Str)]), &expect!["Value"]);
}

#[test]
fn results_are_checked_where_their_type_does_not_keep_to_the_schema() {
    let limited =
        DeclaredArgument { minimum: Some(1.into()), ..field_of("days", ArgumentType::Int, None) };
    let models = [
        model("Free", vec![field_of("next", ArgumentType::List(Box::new(named("Free"))), None)]),
        model("Limited", vec![limited]),
        model("Around", vec![field_of("inner", named("Limited"), None)]),
    ];
    let mut types = Types::new(&models, &mut Diagnostics::default());
    let list = |ty: ArgumentType| ArgumentType::List(Box::new(ty));
    let mut check = |ty: ArgumentType, keeps: bool| {
        assert_eq!(types.keeps_to_schema(&ty, "it"), keeps, "{ty:?}");
    };
    check(ArgumentType::Int, true);
    check(ArgumentType::Bytes, true);
    check(list(ArgumentType::DateTime), true);
    check(ArgumentType::Dict(Box::new(ArgumentType::Any)), true);
    check(named("Free"), true);
    check(literal("a"), true);
    check(named("Limited"), false);
    check(list(named("Around")), false);
    check(ArgumentType::Set(Box::new(ArgumentType::Str)), false);
    check(ArgumentType::Literal(vec![1.into(), "a".into()]), false);
    check(ArgumentType::Union(vec![ArgumentType::Path, ArgumentType::Str]), false);
}
