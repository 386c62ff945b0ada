using Mono.Cecil;

namespace Traxxs.Image;

/// <summary>Opens all members to all code: once code has moved, a runtime that checks access would refuse it. The board does not look.</summary>
internal static class Openness
{
    /// <summary>Makes types, methods and fields public, and fields writable from everywhere.</summary>
    public static void Give(ModuleDefinition module)
    {
        foreach (var type in module.GetTypes().Where(type => type.Name != "<Module>"))
        {
            if (type.IsNested) type.IsNestedPublic = true;
            else type.IsPublic = true;
            foreach (var method in type.Methods) method.IsPublic = true;
            foreach (var field in type.Fields) (field.IsPublic, field.IsInitOnly) = (true, false);
        }
    }
}
